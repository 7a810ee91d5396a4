import { useTranslation } from 'react-i18next'
import { toPage } from '../../shared/codes'
import { DemoTag, Unknown } from '../../shared/marks'
import { Panel } from '../../shared/PageHead'
import { PageLink } from '../../shared/PageLink'
import { useRead } from '../../shared/reading'
import { useMay } from '../../shared/session'
import { usePick } from '../../shared/words'
import type { CockpitData } from './Cockpit'

/** Projects by stage, in the order of the life cycle. */
export function Stages({ data }: { data: CockpitData }) {
  const { t } = useTranslation('cockpit')
  const pick = usePick()
  const may = useMay('project:read')
  const process = useRead('/api/v1/processes/project', {}, { enabled: may })
  if (!may) return null
  const counts = new Map(data.stages.map((stage) => [stage.stage, stage.projects]))
  const most = Math.max(1, ...counts.values())
  const isUnknown = data.projects.value === null
  return (
    <Panel
      title={t('stages.title')}
      extra={<DemoTag demo={data.stages.some((stage) => stage.demo > 0)} />}
      testId="stages"
    >
      <ul className="stage-bars">
        {(process.data?.stages ?? []).map((stage) => {
          const count = counts.get(stage.code) ?? 0
          return (
            <li key={stage.code}>
              <span>{pick(stage.title)}</span>
              <span className="stage-bar" aria-hidden>
                <span style={{ width: `${(count / most) * 100}%` }} />
              </span>
              <PageLink to={toPage.projects()} search={{ stage: stage.code }} className="number">
                {isUnknown ? <Unknown /> : count}
                <span className="screen-reader">{t('stages.see', { stage: pick(stage.title) })}</span>
              </PageLink>
            </li>
          )
        })}
      </ul>
    </Panel>
  )
}
