import { Button, Input, Select } from 'antd'
import { type FormEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client'
import { type Answer, answered, useChange, useRead } from '../../shared/reading'
import { ProblemNote } from '../../shared/states'
import { usePick } from '../../shared/words'

type Channel = 'webhook' | 'mqtt' | 'stream'
type Made = Answer<'/api/v1/subscriptions/{number}'>
const CHANNELS: Channel[] = ['webhook', 'mqtt', 'stream']
const OPERATORS = ['=', '!=', '>', '>=', '<', '<=', 'starts', 'contains', 'exists', 'absent']
const WITHOUT_VALUE = ['exists', 'absent']
const EXAMPLES: Record<Channel, string> = { webhook: 'https://hook.example.org/chaintwin', mqtt: 'mqtt://10.1.2.3:1883/chaintwin/changes', stream: '' }

/** What is wanted, and where it goes. */
export function SubscriptionForm({ onDone }: { onDone: (made: Made | null) => void }) {
  const { t } = useTranslation('system')
  const [name, setName] = useState('')
  const [channel, setChannel] = useState<Channel>('webhook')
  const [target, setTarget] = useState('')
  const [kinds, setKinds] = useState<string[]>([])
  const [attributes, setAttributes] = useState<string[]>([])
  const [test, setTest] = useState({ attribute: '', op: '=', value: '' })
  const [seconds, setSeconds] = useState('')
  const [user, setUser] = useState('')
  const [password, setPassword] = useState('')
  const choices = useChoices()
  const ids = { name: useId(), channel: useId(), target: useId(), kinds: useId(), attributes: useId(), test: useId(), seconds: useId(), user: useId(), password: useId() }
  const make = useChange(
    () =>
      answered(
        client.POST('/api/v1/subscriptions', {
          body: {
            name,
            channel,
            target: channel === 'stream' ? null : target.trim(),
            kinds: kinds.length ? kinds : null,
            attributes: attributes.length ? attributes : null,
            where: test.attribute ? [{ ...test, value: WITHOUT_VALUE.includes(test.op) ? null : test.value }] : null,
            throttling_s: seconds ? Number(seconds) : null,
            user: channel === 'mqtt' && user ? user : null,
            password: channel === 'mqtt' && password ? password : null,
          },
        }),
      ),
    onDone,
  )
  function submit(event: FormEvent) {
    event.preventDefault()
    make.mutate(undefined)
  }
  return (
    <form className="system-form" onSubmit={submit} data-testid="subscription-form">
      <div>
        <label htmlFor={ids.name}>{t('subscriptions.name')}</label>
        <Input id={ids.name} required maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />
      </div>
      <div>
        <label htmlFor={ids.channel}>{t('subscriptions.channel')}</label>
        <Select id={ids.channel} value={channel} options={CHANNELS.map((one) => ({ value: one, label: t(`subscriptions.channels.${one}`) }))} onChange={setChannel} />
      </div>
      {channel === 'stream' ? null : (
        <div>
          <label htmlFor={ids.target}>{t('subscriptions.address')}</label>
          <Input id={ids.target} required placeholder={EXAMPLES[channel]} value={target} onChange={(event) => setTarget(event.target.value)} />
        </div>
      )}
      {channel === 'mqtt' ? (
        <>
          <div>
            <label htmlFor={ids.user}>{t('subscriptions.user')}</label>
            <Input id={ids.user} autoComplete="off" value={user} onChange={(event) => setUser(event.target.value)} />
          </div>
          <div>
            <label htmlFor={ids.password}>{t('subscriptions.password')}</label>
            <Input.Password id={ids.password} autoComplete="new-password" value={password} onChange={(event) => setPassword(event.target.value)} />
          </div>
        </>
      ) : null}
      <div>
        <label htmlFor={ids.kinds}>{t('subscriptions.kinds')}</label>
        <Select id={ids.kinds} mode="multiple" placeholder={t('subscriptions.all')} value={kinds} options={choices.kinds} onChange={setKinds} />
      </div>
      <div>
        <label htmlFor={ids.attributes}>{t('subscriptions.attributes')}</label>
        <Select id={ids.attributes} mode="multiple" placeholder={t('subscriptions.all')} value={attributes} options={choices.attributes(kinds)} onChange={setAttributes} />
      </div>
      <div className="wide">
        <label htmlFor={ids.test}>{t('subscriptions.where')}</label>
        <span className="subscription-test">
          <Select
            id={ids.test}
            showSearch={{ optionFilterProp: 'label' }}
            allowClear
            placeholder={t('subscriptions.noCondition')}
            value={test.attribute || undefined}
            options={choices.attributes(kinds)}
            onChange={(attribute: string | undefined) => setTest({ ...test, attribute: attribute ?? '' })}
          />
          <Select aria-label={t('subscriptions.op')} value={test.op} options={OPERATORS.map((op) => ({ value: op, label: t(`subscriptions.ops.${op}`) }))} onChange={(op: string) => setTest({ ...test, op })} />
          {WITHOUT_VALUE.includes(test.op) ? null : (
            <Input aria-label={t('subscriptions.value')} value={test.value} onChange={(event) => setTest({ ...test, value: event.target.value })} />
          )}
        </span>
      </div>
      <div>
        <label htmlFor={ids.seconds}>{t('subscriptions.throttling')}</label>
        <Input id={ids.seconds} type="number" min={0} max={86400} placeholder="0" value={seconds} onChange={(event) => setSeconds(event.target.value)} />
      </div>
      <div className="row">
        <Button type="primary" htmlType="submit" loading={make.isPending}>
          {t('subscriptions.make')}
        </Button>
        <Button onClick={() => onDone(null)}>{t('cancel')}</Button>
      </div>
      {make.error ? <ProblemNote error={make.error} /> : null}
    </form>
  )
}

interface Choice {
  value: string
  label: string
  title: string
}

/** The kinds there are, and the attributes of those chosen (of all when none is). */
export function useChoices(): { kinds: Choice[]; attributes: (kinds: string[]) => Choice[] } {
  const pick = usePick()
  const items = useRead('/api/v1/subscriptions/choices', {}, { at: {} }).data?.kinds ?? []
  return {
    kinds: items.map((kind) => ({ value: kind.name, label: pick(kind.title), title: pick(kind.title) })),
    attributes: (chosen) => {
      const titles = new Map<string, string>()
      for (const kind of items) {
        if (chosen.length && !chosen.includes(kind.name)) continue
        for (const attribute of kind.attributes) titles.set(attribute.name, pick(attribute.title))
      }
      return [...titles].map(([value, title]) => ({ value, label: `${title} ${value}`, title }))
    },
  }
}
