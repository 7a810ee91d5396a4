import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client'
import { useMayChange } from '../../shared/changing'
import { writeShare } from '../../shared/figures'
import { PageLink } from '../../shared/PageLink'
import { Evidence } from '../../shared/Figure'
import { answered, type Answer, useChange, useRead } from '../../shared/reading'
import { ReasonForm } from '../../shared/ReasonForm'
import { asShown } from '../../shared/showing'
import { EmptyNote, Shown } from '../../shared/states'
import { useToast } from '../../shared/toast'
import { usePick } from '../../shared/words'

type Doubt = Answer<'/api/v1/chains/{chain}/doubts'>['items'][number]

/** Products of the region's firms whose link the model is unsure of; a person attaches or declines. */
export function Waiting({ chain, region }: { chain: string; region: string }) {
  const { t } = useTranslation('chains')
  const query = useRead('/api/v1/chains/{chain}/doubts', { path: { chain }, query: { region, limit: 50, offset: 0 } }, { keep: true })
  return (
    <Shown query={query} rows={6}>
      {(page) => (
        <section className="panel waiting" data-testid="doubts">
          <h2>{t('waiting.title', { count: page.total })}</h2>
          <p className="faint">{t('waiting.says', { lower: writeShare(page.lower), upper: writeShare(page.upper) })}</p>
          {page.items.length ? (
            <ul className="plain-list">
              {page.items.map((doubt) => (
                <OneDoubt key={`${doubt.firm}${doubt.assignment.link}`} chain={chain} doubt={doubt} asOf={page.as_of} />
              ))}
            </ul>
          ) : (
            <EmptyNote text={t('waiting.none')} />
          )}
        </section>
      )}
    </Shown>
  )
}

function OneDoubt({ chain, doubt, asOf }: { chain: string; doubt: Doubt; asOf: string }) {
  const { t } = useTranslation('chains')
  const pick = usePick()
  const say = useToast()
  const may = useMayChange('chain:rule')
  const [action, setAction] = useState<'attach' | 'detach' | null>(null)
  const link = doubt.assignment.link
  const rule = useChange(
    (given: { action: 'attach' | 'detach'; reason: string }) =>
      answered(client.PUT('/api/v1/chains/{chain}/links/{link}/firms/{firm}', { params: { path: { chain, link, firm: doubt.firm } }, body: given })),
    () => say(t('waiting.ruled')),
  )
  return (
    <li className="waiting-row" data-testid="doubt">
      <span>
        <PageLink to={`/firms/${encodeURIComponent(doubt.firm)}`}>{doubt.name}</PageLink>{' '}
        {t('waiting.makes', { product: doubt.product })} → <strong>{pick(doubt.assignment.title)}</strong>
      </span>
      <span className="faint small">
        {t('waiting.likely', { share: writeShare(doubt.assignment.probability) })} ·{' '}
        <Evidence title={t('waiting.facts')} figure={asShown({ text: doubt.assignment.why, facts: [doubt.fact], asOf })}>
          {pick(doubt.assignment.why)}
        </Evidence>
      </span>
      {may && !action ? (
        <span className="row">
          <Button size="small" type="primary" onClick={() => setAction('attach')} data-testid="doubt-attach">
            {t('waiting.attach')}
          </Button>
          <Button size="small" onClick={() => setAction('detach')}>
            {t('waiting.detach')}
          </Button>
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
