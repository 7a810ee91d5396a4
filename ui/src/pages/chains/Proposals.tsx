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

type Proposal = Answer<'/api/v1/chains/{chain}/proposals'>['items'][number]

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
        {t('proposals.trust', { share: writeShare(proposal.confidence), count: proposal.told })} ·{' '}
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
