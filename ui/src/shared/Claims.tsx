import { Button, Checkbox, Input } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type components } from '../api/client'
import { useMayChange } from './changing'
import { FactValue } from './FactCard'
import { writeDay } from './figures'
import { BasisTag, EvaluationOnlyTag, Unknown } from './marks'
import { Panel } from './PageHead'
import { answered, useChange, useRead } from './reading'
import { ReasonForm } from './ReasonForm'
import { EmptyNote, Shown } from './states'
import { useToast } from './toast'
import { usePick } from './words'

type About = components['schemas']['ClaimsOut']
type Claim = components['schemas']['ClaimOut']
// Ranks from here on: sources that an order of one's own does not name.
const UNNAMED = 1000
interface Decision {
  about: About
  fact?: number
  value?: string
  says: string
}

/** What every source states of a body, the shown value first; a person may rule which one holds. */
export function Claims({ code }: { code: string }) {
  const { t } = useTranslation('shared')
  const [isOnlyConflicts, setIsOnlyConflicts] = useState(false)
  const query = useRead('/api/v1/bodies/{code}/claims', { path: { code }, query: { conflicts: isOnlyConflicts } }, { keep: true })
  return (
    <Panel
      title={t('claims.title')}
      testId="claims"
      extra={
        <Checkbox checked={isOnlyConflicts} onChange={(event) => setIsOnlyConflicts(event.target.checked)}>
          {t('claims.onlyConflicts', { count: query.data?.conflicts ?? 0 })}
        </Checkbox>
      }
    >
      <p className="faint">{t('claims.says')}</p>
      <Shown query={query} rows={8}>
        {(list) =>
          list.items.length ? (
            list.items.map((about) => <OneValue key={`${about.attribute}/${about.key}`} code={code} about={about} />)
          ) : (
            <EmptyNote text={t(isOnlyConflicts ? 'claims.noConflicts' : 'claims.none')} />
          )
        }
      </Shown>
    </Panel>
  )
}

function OneValue({ code, about }: { code: string; about: About }) {
  const { t } = useTranslation('shared')
  const pick = usePick()
  const say = useToast()
  const may = useMayChange('fact:rule')
  const [decision, setDecision] = useState<Decision | 'own' | 'withdraw' | null>(null)
  const name = pick(about.title)
  const given = (reason: string) => ({ attribute: about.attribute, key: about.key, reason })
  const path = { params: { path: { code } } }
  const rule = useChange(
    ({ fact, value, reason }: { fact?: number; value?: string; reason: string }) =>
      answered(client.POST('/api/v1/bodies/{code}/rulings', { ...path, body: { ...given(reason), fact, value } })),
    () => {
      setDecision(null)
      say(t('claims.done'))
    },
  )
  const withdraw = useChange(
    (reason: string) => answered(client.POST('/api/v1/bodies/{code}/rulings/withdraw', { ...path, body: given(reason) })),
    () => {
      setDecision(null)
      say(t('claims.withdrawn'))
    },
  )
  const isRuled = about.claims.some((claim) => claim.ruled)
  return (
    <section className="claims-one" data-testid={`claims-${about.attribute}`}>
      <div className="row claims-head">
        <h3>{name}</h3>
        {about.conflict ? <span className="claims-conflict">≠ {t('claims.conflict')}</span> : null}
        {may ? (
          <span className="row claims-acts">
            {about.claims.some((claim) => claim.fact.ref) ? null : (
              <Button size="small" type="link" onClick={() => setDecision('own')}>
                {t('claims.own')}
              </Button>
            )}
            {isRuled ? (
              <Button size="small" type="link" onClick={() => setDecision('withdraw')} data-testid="withdraw-ruling">
                {t('claims.withdraw')}
              </Button>
            ) : null}
          </span>
        ) : null}
      </div>
      {about.claims.length > 1 || about.order.by === 'own' ? <OrderLine order={about.order} /> : null}
      <ul className="plain-list">
        {about.claims.map((claim) => (
          <ClaimLine
            key={claim.fact.fact}
            claim={claim}
            onRule={
              may && !claim.shown && claim.fact.basis !== 'demo'
                ? () => setDecision({ about, fact: claim.fact.fact, says: textOf(claim) })
                : null
            }
          />
        ))}
      </ul>
      {decision === 'own' ? <OwnValue name={name} onCancel={() => setDecision(null)} onNext={(value) => setDecision({ about, value, says: value })} /> : null}
      {decision === 'withdraw' ? (
        <ReasonForm label={t('claims.withdrawWhy')} isBusy={withdraw.isPending} error={withdraw.error} onCancel={() => setDecision(null)} onDone={(reason) => withdraw.mutate(reason)} />
      ) : null}
      {decision && typeof decision === 'object' ? (
        <ReasonForm
          label={t('claims.chooseWhy', { value: decision.says })}
          isBusy={rule.isPending}
          error={rule.error}
          onCancel={() => setDecision(null)}
          onDone={(reason) => rule.mutate({ fact: decision.fact, value: decision.value, reason })}
        />
      ) : null}
    </section>
  )
}

/** Tell which order of authority decided; a ruling stands before all of them. */
function OrderLine({ order }: { order: About['order'] }) {
  const { t } = useTranslation('shared')
  const pick = usePick()
  const names = order.sources.map((one) => pick(one.title)).join(' › ')
  return (
    <p className="faint small claims-order">
      {t(`claims.order.${order.by}`)}
      {names ? ` ${names} › ${t('claims.order.rest')}` : ''}
      {order.since ? ` · ${t('claims.order.since', { day: writeDay(order.since, 'd'), who: order.stated_by, why: order.reason })}` : ''}
    </p>
  )
}

function ClaimLine({ claim, onRule }: { claim: Claim; onRule: (() => void) | null }) {
  const { t } = useTranslation('shared')
  const pick = usePick()
  const { fact } = claim
  return (
    <li className={claim.shown ? 'claim shown' : 'claim'}>
      <span className="claim-mark">{claim.shown ? `✓ ${t('claims.shown')}` : ''}</span>
      <span className="claim-value">
        <FactValue fact={fact} />
        <span className="tags">
          <BasisTag basis={fact.basis} />
          <EvaluationOnlyTag isSo={fact.evaluation_only} />
        </span>
      </span>
      <span className="claim-source">
        {pick(fact.source_title)}
        <span className="faint small">
          {' · '}
          {claim.rank < UNNAMED ? `${t('claims.rank')} ${claim.rank}` : t('claims.unnamed')} · {t('claims.confidence')} {fact.confidence} · {t('claims.validFrom')} {writeDay(fact.valid_from, fact.precision) ?? <Unknown />}
        </span>
        {claim.ruled ? <span className="faint small claim-why">{fact.change_reason} — {fact.changed_by}</span> : null}
      </span>
      {onRule ? (
        <Button size="small" onClick={onRule} data-testid="choose-claim">
          {t('claims.choose')}
        </Button>
      ) : null}
    </li>
  )
}

function OwnValue({ name, onCancel, onNext }: { name: string; onCancel: () => void; onNext: (value: string) => void }) {
  const { t } = useTranslation('shared')
  const [value, setValue] = useState('')
  const id = useId()
  return (
    <form
      className="reason-form"
      onSubmit={(event) => {
        event.preventDefault()
        onNext(value.trim())
      }}
    >
      <label htmlFor={id}>{t('claims.ownLabel', { name })}</label>
      <Input id={id} value={value} maxLength={2000} onChange={(event) => setValue(event.target.value)} />
      <div className="row">
        <Button type="primary" size="small" htmlType="submit" disabled={!value.trim()}>
          {t('claims.ownNext')}
        </Button>
        <Button size="small" onClick={onCancel}>
          {t('reason.cancel')}
        </Button>
      </div>
    </form>
  )
}

function textOf(claim: Claim): string {
  const { ref, value } = claim.fact
  return ref?.name ?? String(value ?? '')
}
