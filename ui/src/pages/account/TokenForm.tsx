import { Button, Input, Radio } from 'antd'
import { type FormEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client'
import { daysBefore, today } from '../../shared/moment'
import { answered, useChange, useRead } from '../../shared/reading'
import { useMe } from '../../shared/session'
import { ProblemNote } from '../../shared/states'

type Scope = 'read' | 'write'
const USUAL_DAYS = 90
const MOST_DAYS = 365

/** Name, scope and end of a token; the password once more, for a token outlives the session. */
export function TokenForm({ onDone }: { onDone: (token: string | null) => void }) {
  const { t } = useTranslation('account')
  const [name, setName] = useState('')
  const [scope, setScope] = useState<Scope>('read')
  const [ends, setEnds] = useState(daysBefore(today(), -USUAL_DAYS))
  const [password, setPassword] = useState('')
  const ids = { name: useId(), ends: useId(), password: useId(), scope: useId() }
  const { login } = useMe()
  const demo = useRead('/api/v1/session/door', {}, { at: {} }).data?.demo_accounts.find((one) => one.login === login)
  const make = useChange(
    () => answered(client.POST('/api/v1/session/tokens', { body: { name, scope, ends_at: ends, password } })),
    (made) => onDone(made.token),
  )
  function submit(event: FormEvent) {
    event.preventDefault()
    make.mutate(undefined)
  }
  return (
    <form className="account-form" onSubmit={submit} data-testid="token-form">
      <div>
        <label htmlFor={ids.name}>{t('tokenName')}</label>
        <Input id={ids.name} required autoFocus maxLength={100} placeholder={t('nameExample')} value={name} onChange={(event) => setName(event.target.value)} />
      </div>
      <div role="group" aria-labelledby={ids.scope}>
        <span id={ids.scope} className="account-label">{t('scope')}</span>
        <Radio.Group
          value={scope}
          options={(['read', 'write'] as const).map((one) => ({ value: one, label: t(`scopes.${one}`) }))}
          onChange={(event) => setScope(event.target.value as Scope)}
        />
      </div>
      <div>
        <label htmlFor={ids.ends}>{t('ends')}</label>
        <input
          id={ids.ends}
          type="date"
          className="date-input"
          required
          min={today()}
          max={daysBefore(today(), -MOST_DAYS)}
          value={ends}
          onChange={(event) => setEnds(event.target.value)}
        />
      </div>
      <div>
        <label htmlFor={ids.password}>{t('password')}</label>
        <Input.Password id={ids.password} placeholder={demo ? t('demoPassword', { password: demo.password }) : undefined} required autoComplete="current-password" value={password} onChange={(event) => setPassword(event.target.value)} />
      </div>
      <div className="row">
        <Button type="primary" htmlType="submit" loading={make.isPending}>
          {t('make')}
        </Button>
        <Button onClick={() => onDone(null)}>{t('cancel')}</Button>
      </div>
      {make.error ? (
        <div className="wide">
          <ProblemNote error={make.error} />
        </div>
      ) : null}
    </form>
  )
}
