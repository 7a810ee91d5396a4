import { Button, Popconfirm, Tag } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client'
import { useAddress } from '../../shared/address'
import { type Column, DataTable } from '../../shared/DataTable'
import { writeInstant } from '../../shared/figures'
import { Notice } from '../../shared/Notice'
import { Panel } from '../../shared/PageHead'
import { Pager } from '../../shared/Pager'
import { type Answer, answered, useChange, useRead } from '../../shared/reading'
import { useMay } from '../../shared/session'
import { EmptyNote, ProblemNote, Shown } from '../../shared/states'
import { usePick } from '../../shared/words'
import { Deliveries } from './Deliveries'
import { Networks } from './Networks'
import { SubscriptionForm, useChoices } from './SubscriptionForm'

type Subscription = Answer<'/api/v1/subscriptions'>['items'][number]

/** Who is told of changes, how that goes, and what to do where it does not. */
export function Subscriptions() {
  const { t } = useTranslation('system')
  const mayOpen = useMay('system:write')
  const [{ offset }] = useAddress()
  const query = useRead('/api/v1/subscriptions', { query: { limit: 50, offset: Number(offset) || 0 } }, { at: {}, keep: true })
  const [isMaking, setIsMaking] = useState(false)
  const [secret, setSecret] = useState<string | null>(null)
  const [shown, setShown] = useState<number | null>(null)
  const closed = query.data?.items.find((item) => item.id === shown)
  return (
    <div className="system-stack">
      <Panel
        title={t('tabs.subscriptions')}
        testId="subscriptions"
        extra={
          <Button size="small" type="primary" data-testid="subscribe" onClick={() => setIsMaking(!isMaking)}>
            {t('subscriptions.make')}
          </Button>
        }
      >
        {secret ? <Secret value={secret} onClose={() => setSecret(null)} /> : null}
        {isMaking ? (
          <SubscriptionForm
            onDone={(made) => {
              setIsMaking(false)
              setSecret(made?.secret ?? null)
            }}
          />
        ) : null}
        <Shown query={query} rows={4}>
          {(page) =>
            page.items.length ? (
              <>
                <List items={page.items} shown={shown} onShow={setShown} onSecret={setSecret} />
                <div className="after-table">
                  <Pager page={page} />
                </div>
              </>
            ) : isMaking ? null : (
              <EmptyNote text={t('subscriptions.none')} />
            )
          }
        </Shown>
      </Panel>
      {closed ? <Deliveries subscription={closed} /> : null}
      {mayOpen ? <Networks /> : null}
    </div>
  )
}

function Secret({ value, onClose }: { value: string; onClose: () => void }) {
  const { t } = useTranslation('system')
  return (
    <Notice kind="success" title={t('subscriptions.secretOnce')} action={<Button size="small" onClick={onClose}>{t('subscriptions.secretKept')}</Button>}>
      <code className="subscription-secret" data-testid="secret">
        {value}
      </code>
    </Notice>
  )
}

interface ListProps {
  items: Subscription[]
  shown: number | null
  onShow: (id: number | null) => void
  onSecret: (secret: string | null) => void
}

function List({ items, shown, onShow, onSecret }: ListProps) {
  const { t } = useTranslation('system')
  const columns: Column<Subscription>[] = [
    {
      key: 'name',
      title: t('subscriptions.name'),
      isName: true,
      cell: (one) => (
        <>
          <div>{one.name}</div>
          <div className="faint small">
            {t(`subscriptions.channels.${one.channel}`)} · {one.owner}
          </div>
        </>
      ),
    },
    { key: 'target', title: t('subscriptions.target'), isWide: true, cell: (one) => <Target one={one} /> },
    { key: 'state', title: t('subscriptions.state'), isWide: true, cell: (one) => <State one={one} /> },
    { key: 'sent', title: t('subscriptions.sent'), isNumber: true, cell: (one) => (one.channel === 'stream' ? '—' : one.times_sent - one.times_failed) },
    { key: 'success', title: t('subscriptions.lastSuccess'), isMinor: true, cell: (one) => writeInstant(one.last_success) ?? '—' },
    {
      key: 'acts',
      title: t('subscriptions.acts'),
      isWide: true,
      cell: (one) => <Acts one={one} isShown={shown === one.id} onShow={onShow} onSecret={onSecret} />,
    },
  ]
  return <DataTable label={t('tabs.subscriptions')} columns={columns} rows={items} rowKey={(one) => String(one.id)} chosen={shown === null ? null : String(shown)} />
}

function Target({ one }: { one: Subscription }) {
  const { t } = useTranslation('system')
  const choices = useChoices()
  const kind = (name: string) => choices.kinds.find((choice) => choice.value === name)?.label ?? name
  const titles = new Map(choices.attributes(one.kinds ?? []).map((choice) => [choice.value, choice.title]))
  const attribute = (name: string) => titles.get(name) ?? name
  const chosen = [
    one.kinds?.map(kind).join(t('comma')),
    one.attributes?.map(attribute).join(t('comma')),
    one.bodies ? t('subscriptions.bodies', { count: one.bodies.length }) : undefined,
    ...one.where.map((test) => `${attribute(test.attribute)} ${t(`subscriptions.ops.${test.op}`)} ${String(test.value ?? '')}`),
  ].filter(Boolean)
  return (
    <>
      <div className="subscription-target">{one.target || `/api/v1/subscriptions/${one.id}/events`}</div>
      <div className="faint small">{chosen.length ? chosen.join(' · ') : t('subscriptions.everything')}</div>
    </>
  )
}

function State({ one }: { one: Subscription }) {
  const { t } = useTranslation('system')
  const pick = usePick()
  const state = one.status === 'active' && one.failing ? 'failing' : one.status
  const color = { active: 'green', failing: 'red', paused: 'default', expired: 'default' }[state]
  return (
    <>
      <Tag color={color}>{t(`subscriptions.states.${state}`)}</Tag>
      {one.failing && one.last_error ? <div className="subscription-error">{pick({ ...one.last_error })}</div> : null}
      {state === 'failing' ? (
        <div className="faint small">
          {t('subscriptions.failures', { count: one.failures })}
          {one.next_at ? ` · ${t('subscriptions.next', { at: writeInstant(one.next_at) })}` : ''}
        </div>
      ) : null}
      {one.expires_at ? <div className="faint small">{t('subscriptions.until', { at: writeInstant(one.expires_at) })}</div> : null}
    </>
  )
}

interface ActsProps {
  one: Subscription
  isShown: boolean
  onShow: (id: number | null) => void
  onSecret: (secret: string | null) => void
}

function Acts({ one, isShown, onShow, onSecret }: ActsProps) {
  const { t } = useTranslation('system')
  const params = { params: { path: { number: one.id } } }
  const retry = useChange(() => answered(client.POST('/api/v1/subscriptions/{number}/retry', params)))
  const pause = useChange(() => answered(client.PATCH('/api/v1/subscriptions/{number}', { ...params, body: { paused: one.paused_at === null } })))
  const remove = useChange(() => answered(client.DELETE('/api/v1/subscriptions/{number}', params)))
  const test = useChange(() => answered(client.POST('/api/v1/subscriptions/{number}/test', params)), () => onShow(one.id))
  const renew = useChange(
    () => answered(client.POST('/api/v1/subscriptions/{number}/secret', params)),
    (made) => onSecret(made.secret ?? null),
  )
  const failed = [retry, pause, remove, test, renew].find((change) => change.error)
  const isFetched = one.channel === 'stream'
  return (
    <>
      <span className="subscription-acts">
        {one.failing && one.status === 'active' ? (
          <Button size="small" type="primary" loading={retry.isPending} onClick={() => retry.mutate(undefined)}>
            {t('subscriptions.retry')}
          </Button>
        ) : null}
        {isFetched ? null : (
          <Button size="small" loading={test.isPending} onClick={() => test.mutate(undefined)}>
            {t('subscriptions.test')}
          </Button>
        )}
        {isFetched ? null : (
          <Button size="small" aria-expanded={isShown} onClick={() => onShow(isShown ? null : one.id)}>
            {t('subscriptions.deliveries')}
          </Button>
        )}
        {one.status === 'expired' ? null : (
          <Button size="small" loading={pause.isPending} onClick={() => pause.mutate(undefined)}>
            {t(one.paused_at ? 'subscriptions.resume' : 'subscriptions.pause')}
          </Button>
        )}
        {one.channel === 'webhook' && one.renderer === 'facts' ? (
          <Popconfirm title={t('subscriptions.renewSure')} okText={t('subscriptions.renew')} cancelText={t('cancel')} onConfirm={() => renew.mutate(undefined)}>
            <Button size="small">{t('subscriptions.renew')}</Button>
          </Popconfirm>
        ) : null}
        <Popconfirm title={t('subscriptions.removeSure')} okText={t('subscriptions.remove')} cancelText={t('cancel')} onConfirm={() => remove.mutate(undefined)}>
          <Button size="small" danger>
            {t('subscriptions.remove')}
          </Button>
        </Popconfirm>
      </span>
      {failed ? <ProblemNote error={failed.error} /> : null}
    </>
  )
}
