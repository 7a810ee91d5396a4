import { useTranslation } from 'react-i18next'
import { toPage } from '../../shared/codes'
import { Evidence } from '../../shared/Figure'
import { Panel } from '../../shared/PageHead'
import { PageLink } from '../../shared/PageLink'
import { useAddress } from '../../shared/address'
import { useRead } from '../../shared/reading'
import { usePlaceName } from '../../shared/region'
import { asShown } from '../../shared/showing'
import { Shown } from '../../shared/states'
import { usePick } from '../../shared/words'
import { Introductions } from './Introductions'
import { Parts } from './Parts'
import { OpenLead } from './OpenLead'
import type { Target, TargetData } from './Targets'

/** Why this firm, what speaks against it, what is missing, and what would change its rank. */
export function TargetDetail({ data, firm }: { data: TargetData; firm: string }) {
  const [{ weights }] = useAddress()
  const listed = data.items.find((item) => item.firm === firm)
  const query = useRead(
    '/api/v1/targets/{firm}',
    { path: { firm }, query: { link: data.link, chain: data.chain, region: data.region, weights } },
    { enabled: !listed, keep: false },
  )
  if (listed) return <Detail target={listed} data={data} />
  return (
    <div className="target-detail">
      <Shown query={query} rows={8}>
        {(view) => <Detail target={view.target} data={data} />}
      </Shown>
    </div>
  )
}

function Detail({ target, data }: { target: Target; data: TargetData }) {
  const { t } = useTranslation('targets')
  const pick = usePick()
  const placeName = usePlaceName()
  return (
    <article className="target-detail" data-testid="target-detail" aria-label={target.name}>
      <header className="panel target-head">
        <div>
          <h2>
            <PageLink to={toPage.firm(target.firm)}>{target.name}</PageLink>
          </h2>
          <div className="faint">
            {t('rankOf', { rank: target.rank, total: data.total, link: pick(data.link_title), region: placeName(data.region_name) })}
          </div>
        </div>
        <div className="target-total">
          <span>
            <strong>{target.total.toFixed(1)}</strong>
            <span className="faint"> / 100</span>
          </span>
          <span className="faint small">{t('interval', { low: target.low.toFixed(1), high: target.high.toFixed(1) })}</span>
        </div>
        <OpenLead target={target} data={data} />
      </header>
      <Panel title={t('parts.title')} extra={t('parts.hint')}>
        <Parts target={target} asOf={data.as_of} />
      </Panel>
      <div className="reasons">
        <Reasons title={t('for')} side="for" rows={target.reasons} asOf={data.as_of} />
        <Reasons title={t('against')} side="against" rows={target.counter_reasons} asOf={data.as_of} />
      </div>
      <Introductions firm={target.firm} region={data.region} />
      <Panel title={t('change.title')} testId="what-would-change">
        <ul className="change-list">
          {target.missing.map((row) => (
            <li key={`${row.part}${pick(row.text)}`}>
              <p>{pick(row.text)}</p>
              <p className="faint small">
                {t(row.best_rank === row.worst_rank ? 'change.missingSame' : 'change.missing', { low: signed(row.low), high: signed(row.high), best: row.best_rank, worst: row.worst_rank })}
              </p>
            </li>
          ))}
          {target.rival ? (
            <li>
              <p>{pick(target.rival.text)}</p>
              <p className="faint small">
                <PageLink to={toPage.firm(target.rival.firm)}>{t('change.rival', { name: target.rival.name, rank: target.rival.rank })}</PageLink>
              </p>
            </li>
          ) : null}
          {!target.missing.length && !target.rival ? <li className="faint">{t('change.none')}</li> : null}
        </ul>
      </Panel>
    </article>
  )
}

function signed(value: number): string {
  return value > 0 ? `+${value.toFixed(1)}` : value.toFixed(1)
}

function Reasons({
  title,
  side,
  rows,
  asOf,
}: {
  title: string
  side: 'for' | 'against'
  rows: Target['reasons']
  asOf: string
}) {
  const { t } = useTranslation('targets')
  const pick = usePick()
  return (
    <Panel title={title} className={`reasons-${side}`} testId={`reasons-${side}`}>
      {rows.length ? (
        <ul>
          {rows.map((reason) => (
            <li key={pick(reason.text)}>
              <Evidence title={title} figure={asShown({ text: reason.text, facts: reason.facts, asOf })}>
                {pick(reason.text)}
              </Evidence>
            </li>
          ))}
        </ul>
      ) : (
        <p className="faint">{t('noReasons')}</p>
      )}
    </Panel>
  )
}
