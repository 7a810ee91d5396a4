import { useTranslation } from 'react-i18next'
import { writeInstant } from './figures'
import { PageLink } from './PageLink'
import { type Answer, useRead } from './reading'
import { useMay } from './session'
import { ProblemNote } from './states'

type Proof = Answer<'/api/v1/facts/{code}/{fact}/proof'>

/** Whether a fact is in the ledger, where, and who vouches for it. */
export function ProofState({ body, fact }: { body: string; fact: number }) {
  const { t } = useTranslation('shared')
  const query = useRead('/api/v1/facts/{code}/{fact}/proof', { path: { code: body, fact } }, { at: {} })
  if (query.error) return <ProblemNote error={query.error} onRetry={() => void query.refetch()} />
  return (
    <dl className="pairs" data-testid="proof-state">
      <div>
        <dt>{t('proof.title')}</dt>
        <dd>{query.data ? <Told proof={query.data} /> : t('loading')}</dd>
      </div>
    </dl>
  )
}

function Told({ proof: found }: { proof: Proof }) {
  const { t } = useTranslation('shared')
  const mayOpen = useMay('ledger:read')
  const by = found.vouched.flatMap((one) => [
    ...one.cosigned.map((who) => t('proof.cosigned', { name: who.name, at: writeInstant(who.at) })),
    ...one.stamps.map((who) => t('proof.stamped', { at: writeInstant(who.at) })),
  ])
  if (!found.proof) return t('proof.waiting')
  return (
    <>
      <div>✓ {t('proof.entered', { position: found.proof.position, at: writeInstant(found.signed_at) })}</div>
      {by.length ? <div>{by.join('；')}</div> : <div className="faint">{t('proof.alone')}</div>}
      {mayOpen ? <PageLink to="/ledger" search={{ tab: found.log }}>{t('proof.open')}</PageLink> : null}
    </>
  )
}
