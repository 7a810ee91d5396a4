import { useTranslation } from 'react-i18next'
import { shortCode, toPage } from '../../shared/codes'
import { Panel } from '../../shared/PageHead'
import { PageLink } from '../../shared/PageLink'
import { EmptyNote } from '../../shared/states'
import { usePick } from '../../shared/words'
import type { CockpitData } from './Cockpit'

/** The first candidate of each leading gap. */
export function Targets({ data }: { data: CockpitData }) {
  const { t } = useTranslation('cockpit')
  const pick = usePick()
  return (
    <Panel title={t('targets.title')} extra={t('targets.hint')} testId="top-targets">
      {data.targets.length ? (
        <ol className="top-targets">
          {data.targets.map((target) => (
            <li key={`${target.link}${target.firm}`}>
              <div>
                <PageLink
                  to={toPage.targets()}
                  search={{ chain: target.chain, link: target.link, firm: shortCode(target.firm) }}
                >
                  {target.name}
                </PageLink>
                <div className="faint small">{t('targets.for', { link: pick(target.link_title) })}</div>
              </div>
              <div className="number">
                <strong>{target.total.toFixed(1)}</strong>
                <div className="faint small">
                  {target.low.toFixed(0)}–{target.high.toFixed(0)}
                </div>
              </div>
            </li>
          ))}
        </ol>
      ) : (
        <EmptyNote text={t('targets.none')} />
      )}
    </Panel>
  )
}
