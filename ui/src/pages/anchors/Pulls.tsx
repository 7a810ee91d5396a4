import { useTranslation } from 'react-i18next'
import { shortCode, toPage } from '../../shared/codes'
import { Figure } from '../../shared/Figure'
import { Panel } from '../../shared/PageHead'
import { PageLink } from '../../shared/PageLink'
import { Verdict } from '../../shared/Verdict'
import { comma, usePick } from '../../shared/words'
import type { PurchaseData } from './Sides'

/** What could be pulled here: items bought elsewhere by link, and the first firms that could supply them. */
export function Pulls({ data }: { data: PurchaseData }) {
  const { t } = useTranslation('anchors')
  const pick = usePick()
  return (
    <Panel title={t('pulls')} extra={t('pullsHint')} testId="pulls">
      <ul className="pull-list">
        {data.pulls.map((pull) => (
          <li key={`${pull.chain}/${pull.link}`} data-testid="pull">
            <div className="pull-head">
              <Verdict name={pull.verdict.code} />
              <strong>{pick(pull.title)}</strong>
              <span>{pull.items.join(comma())}</span>
              <Figure title={t('pullAmount')} figure={pull.amount} />
              <PageLink to={toPage.targets()} search={{ chain: pull.chain, link: pull.link }}>
                {t('candidates', { count: pull.candidates })}
              </PageLink>
            </div>
            {pull.first.length ? (
              <ol className="pull-firms">
                {pull.first.map((firm) => (
                  <li key={firm.firm}>
                    <span className="pull-firm">
                      <PageLink to={toPage.targets()} search={{ chain: pull.chain, link: pull.link, firm: shortCode(firm.firm) }}>
                        {firm.name}
                      </PageLink>
                      <span className="number">
                        {firm.total.toFixed(1)} <span className="faint small">({firm.low.toFixed(0)}–{firm.high.toFixed(0)})</span>
                      </span>
                    </span>
                    <span className="small pull-for">＋ {firm.reasons[0] ? pick(firm.reasons[0].text) : t('noReason')}</span>
                    <span className="small pull-against">－ {firm.counter_reasons[0] ? pick(firm.counter_reasons[0].text) : t('noCounter')}</span>
                  </li>
                ))}
              </ol>
            ) : (
              <p className="faint small">{t('noCandidates')}</p>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  )
}
