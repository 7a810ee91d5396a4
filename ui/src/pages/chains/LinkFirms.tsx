import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client'
import { useMoment } from '../../shared/address'
import { toPage } from '../../shared/codes'
import { Evidence } from '../../shared/Figure'
import { writeShare } from '../../shared/figures'
import { BasisTag, DemoTag } from '../../shared/marks'
import { isNow } from '../../shared/moment'
import { PageLink } from '../../shared/PageLink'
import { answered, useChange } from '../../shared/reading'
import { useMay } from '../../shared/session'
import { asShown } from '../../shared/showing'
import { EmptyNote, ProblemNote } from '../../shared/states'
import { usePick } from '../../shared/words'
import { useToast } from '../../shared/toast'
import { AttachFirm } from './AttachFirm'
import type { LinkData } from './LinkDrawer'
import { ReasonForm } from '../../shared/ReasonForm'

type Firm = LinkData['firms'][number]
export type Action = 'attach' | 'detach' | 'withdraw'

/** The firms on a link, local ones first, with why they stand there; a person may overrule. */
export function LinkFirms({ data }: { data: LinkData }) {
  const { t } = useTranslation('chains')
  const say = useToast()
  const mayRule = useMay('chain:rule')
  const isPresent = isNow(useMoment())
  const [ruling, setRuling] = useState<{ firm: string; action: Action } | null>(null)
  const [isAttaching, setIsAttaching] = useState(false)
  const change = useChange(
    (given: { firm: string; action: Action; reason: string }) =>
      answered(
        client.PUT('/api/v1/chains/{chain}/links/{link}/firms/{firm}', {
          params: { path: { chain: data.chain, link: data.link.code, firm: given.firm } },
          body: { action: given.action, reason: given.reason },
        }),
      ),
    () => {
      setRuling(null)
      setIsAttaching(false)
      say(t('rule.done'))
    },
  )
  const local = data.firms.filter((firm) => firm.local)
  const elsewhere = data.firms.filter((firm) => !firm.local)
  const may = mayRule && isPresent
  const row = (firm: Firm) => (
    <FirmRow
      key={firm.code}
      firm={firm}
      asOf={data.as_of}
      action={may ? (firm.attachment.by.includes('ruled') ? 'withdraw' : 'detach') : null}
      onRule={(action) => setRuling({ firm: firm.code, action })}
      form={
        ruling?.firm === firm.code ? (
          <ReasonForm label={t(`rule.${ruling.action}Why`, { firm: firm.name })} isBusy={change.isPending} error={change.error} onCancel={() => setRuling(null)} onDone={(reason) => change.mutate({ ...ruling, reason })} />
        ) : null
      }
    />
  )
  return (
    <section data-testid="link-firms">
      <div className="panel-head">
        <h3>{t('firms.title', { count: data.firms_total })}</h3>
        {may ? (
          <Button size="small" onClick={() => setIsAttaching(!isAttaching)} data-testid="attach-firm">
            {t('rule.attach')}
          </Button>
        ) : null}
      </div>
      {isAttaching ? (
        <AttachFirm isBusy={change.isPending} error={change.error} onCancel={() => setIsAttaching(false)} onDone={(firm, reason) => change.mutate({ firm, action: 'attach', reason })} />
      ) : null}
      {change.error && !ruling && !isAttaching ? <ProblemNote error={change.error} /> : null}
      {data.region ? (
        <>
          <h4>{t('firms.local', { count: local.length })}</h4>
          {local.length ? <ul className="firm-list">{local.map(row)}</ul> : <EmptyNote text={t('firms.noLocal')} />}
          <h4>{t('firms.elsewhere')}</h4>
        </>
      ) : null}
      <ul className="firm-list">{elsewhere.map(row)}</ul>
      {data.firms_total > data.firms.length ? <p className="faint small">{t('firms.more', { count: data.firms_total - data.firms.length })}</p> : null}
      {data.detached.length ? <Detached data={data} may={may} onWithdraw={(firm) => setRuling({ firm, action: 'withdraw' })} ruling={ruling?.firm ?? null} form={(firm) => <ReasonForm label={t('rule.withdrawWhy', { firm })} isBusy={change.isPending} error={change.error} onCancel={() => setRuling(null)} onDone={(reason) => ruling && change.mutate({ ...ruling, reason })} />} /> : null}
    </section>
  )
}

function FirmRow({
  firm,
  asOf,
  action,
  onRule,
  form,
}: {
  firm: Firm
  asOf: string
  action: Action | null
  onRule: (action: Action) => void
  form: React.ReactNode
}) {
  const { t } = useTranslation('chains')
  const pick = usePick()
  const { attachment } = firm
  return (
    <li>
      <div className="firm-line">
        <PageLink to={toPage.firm(firm.code)}>{firm.name}</PageLink>
        <span className="tags">
          <BasisTag basis={attachment.sufficient ? attachment.basis : 'recalled'} />
          <DemoTag demo={firm.demo && attachment.basis !== 'demo'} />
        </span>
        {action ? (
          <Button size="small" type="text" className="firm-rule" onClick={() => onRule(action)} aria-label={t(`rule.${action}Label`, { firm: firm.name })}>
            {t(`rule.${action}`)}
          </Button>
        ) : null}
      </div>
      <div className="faint small">
        <Evidence
          title={t('firms.why', { firm: firm.name })}
          figure={asShown({ text: attachment.reason, facts: attachment.facts, asOf })}
        >
          {pick(attachment.reason)}
        </Evidence>
        {' · '}
        {t('firms.confidence', { value: attachment.confidence })}
        {attachment.weight === null ? '' : ` · ${t('firms.weight', { share: writeShare(attachment.weight) })}`}
      </div>
      {form}
    </li>
  )
}

function Detached({
  data,
  may,
  ruling,
  onWithdraw,
  form,
}: {
  data: LinkData
  may: boolean
  ruling: string | null
  onWithdraw: (firm: string) => void
  form: (name: string) => React.ReactNode
}) {
  const { t } = useTranslation('chains')
  return (
    <>
      <h4>{t('firms.detached')}</h4>
      <ul className="firm-list">
        {data.detached.map((firm) => (
          <li key={firm.code}>
            <div className="firm-line">
              <PageLink to={toPage.firm(firm.code)}>{firm.name}</PageLink>
              {may ? (
                <Button size="small" type="text" className="firm-rule" onClick={() => onWithdraw(firm.code)} aria-label={t('rule.withdrawLabel', { firm: firm.name })}>
                  {t('rule.withdraw')}
                </Button>
              ) : null}
            </div>
            <div className="faint small">
              <Evidence
                title={t('firms.why', { firm: firm.name })}
                figure={asShown({ text: { zh: firm.reason, en: firm.reason }, facts: [firm.ruling], asOf: data.as_of })}
              >
                {firm.reason}
              </Evidence>
            </div>
            {ruling === firm.code ? form(firm.name) : null}
          </li>
        ))}
      </ul>
    </>
  )
}
