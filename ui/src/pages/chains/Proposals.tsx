import { Button, Input } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client'
import { useMayChange } from '../../shared/changing'
import { writeShare } from '../../shared/figures'
import { Evidence } from '../../shared/Figure'
import { answered, type Answer, useChange, useRead } from '../../shared/reading'
import { ReasonForm } from '../../shared/ReasonForm'
import { asShown } from '../../shared/showing'
import { EmptyNote, Shown } from '../../shared/states'
import { useToast } from '../../shared/toast'
import { usePick } from '../../shared/words'

type Page = Answer<'/api/v1/chains/{chain}/proposals'>
type Proposal = Page['items'][number]
type Decision = Page['decided'][number]

/** Links and inputs the chain may lack, with what tells so; a person accepts or declines. */
export function Proposals({ chain }: { chain: string }) {
  const { t } = useTranslation('chains')
  const pick = usePick()
  const query = useRead('/api/v1/chains/{chain}/proposals', { path: { chain }, query: { limit: 50, offset: 0 } }, { keep: true })
  return (
    <Shown query={query} rows={6}>
      {(page) => (
        <section className="panel waiting" data-testid="proposals">
          <h2>{t('proposals.title', { count: page.total })}</h2>
          <p className="faint">
            {t('proposals.says')} {pick(page.trust)}
          </p>
          {page.items.length ? (
            <ul className="plain-list">
              {page.items.map((proposal) => (
                <OneProposal key={proposal.key} chain={chain} proposal={proposal} asOf={page.as_of} />
              ))}
            </ul>
          ) : (
            <EmptyNote text={t('proposals.none')} />
          )}
          {page.decided.length ? (
            <>
              <h3>{t('proposals.decided', { count: page.decided.length })}</h3>
              <ul className="plain-list">
                {page.decided.map((decision) => (
                  <OneDecision key={`${decision.key}${decision.action}`} chain={chain} decision={decision} asOf={page.as_of} />
                ))}
              </ul>
            </>
          ) : null}
        </section>
      )}
    </Shown>
  )
}

function OneProposal({ chain, proposal, asOf }: { chain: string; proposal: Proposal; asOf: string }) {
  const { t } = useTranslation('chains')
  const pick = usePick()
  const say = useToast()
  const id = useId()
  const may = useMayChange('chain:rule')
  const [action, setAction] = useState<'accept' | 'decline' | null>(null)
  const [code, setCode] = useState('')
  const rule = useChange(
    (given: { action: 'accept' | 'decline'; reason: string }) =>
      answered(
        client.PUT('/api/v1/chains/{chain}/proposals', {
          params: { path: { chain } },
          body: { key: proposal.key, criticality: 'important', code: code || null, ...given },
        }),
      ),
    () => say(t('proposals.ruled')),
  )
  return (
    <li className="waiting-row" data-testid="proposal">
      <span>
        <strong>{pick(proposal.supplier_title)}</strong> → {pick(proposal.buyer_title)}{' '}
        <span className="faint small">{t(`proposals.what.${proposal.what}`)}</span>
      </span>
      <span className="faint small">
        {t('proposals.trust', { share: writeShare(proposal.confidence), least: writeShare(proposal.least), count: proposal.told })} ·{' '}
        {proposal.what === 'link' ? `${t('proposals.unmeasured')} · ` : ''}
        <Evidence title={t('proposals.facts')} figure={asShown({ text: proposal.supplier_title, facts: proposal.evidence, asOf })}>
          {proposal.evidence.map((fact) => fact.says).join(' · ')}
        </Evidence>
      </span>
      {may && !action ? (
        <span className="row">
          <Button size="small" type="primary" onClick={() => setAction('accept')} data-testid="proposal-accept">
            {t('proposals.accept')}
          </Button>
          <Button size="small" onClick={() => setAction('decline')}>
            {t('proposals.decline')}
          </Button>
        </span>
      ) : null}
      {action === 'accept' && proposal.what === 'link' ? (
        <span className="row">
          <label htmlFor={id}>{t('proposals.code')}</label>
          <Input id={id} size="small" maxLength={60} value={code} onChange={(event) => setCode(event.target.value)} />
        </span>
      ) : null}
      {action ? (
        <ReasonForm
          label={t('waiting.why')}
          isBusy={rule.isPending}
          error={rule.error}
          onCancel={() => setAction(null)}
          onDone={(reason) => rule.mutate({ action, reason })}
        />
      ) : null}
    </li>
  )
}

function OneDecision({ chain, decision, asOf }: { chain: string; decision: Decision; asOf: string }) {
  const { t } = useTranslation('chains')
  const pick = usePick()
  const say = useToast()
  const may = useMayChange('chain:rule')
  const [isAsking, setAsking] = useState(false)
  const withdraw = useChange(
    (reason: string) =>
      answered(
        client.PUT('/api/v1/chains/{chain}/proposals', {
          params: { path: { chain } },
          body: { key: decision.key, criticality: 'important', action: 'withdraw', reason },
        }),
      ),
    () => say(t('proposals.ruled')),
  )
  return (
    <li className="waiting-row" data-testid="proposal-decided">
      <span>
        <strong>{pick(decision.supplier_title)}</strong> → {pick(decision.buyer_title)}{' '}
        <span className="faint small">{t(decision.action === 'accept' ? 'proposals.accepted' : 'proposals.declined')}</span>
      </span>
      <span className="faint small">
        <Evidence title={t('proposals.facts')} figure={asShown({ text: decision.supplier_title, facts: [decision.fact], asOf })}>
          {t('proposals.because', { reason: decision.reason })}
        </Evidence>
      </span>
      {may && !isAsking ? (
        <Button size="small" onClick={() => setAsking(true)} data-testid="proposal-withdraw">
          {t('proposals.withdraw')}
        </Button>
      ) : null}
      {isAsking ? (
        <ReasonForm
          label={t('waiting.why')}
          isBusy={withdraw.isPending}
          error={withdraw.error}
          onCancel={() => setAsking(false)}
          onDone={(reason) => withdraw.mutate(reason)}
        />
      ) : null}
    </li>
  )
}
