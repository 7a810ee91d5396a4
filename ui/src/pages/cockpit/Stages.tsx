import { useTranslation } from 'react-i18next'
import { toPage } from '../../shared/codes'
import { DemoTag } from '../../shared/marks'
import { Panel } from '../../shared/PageHead'
import { PageLink } from '../../shared/PageLink'
import type { CockpitData } from './Cockpit'

/** Projects by stage, in the order of the life cycle. */
export function Stages({ data }: { data: CockpitData }) {
  const { t } = useTranslation('cockpit')
  const most = Math.max(1, ...data.stages.map((stage) => stage.projects))
  return (
    <Panel
      title={t('stages.title')}
      extra={<DemoTag demo={data.stages.some((stage) => stage.demo > 0)} />}
      testId="stages"
    >
      <ul className="stage-bars">
        {data.stages.map((stage) => (
          <li key={stage.stage}>
            <span>{t(`stages.${stage.stage}`, stage.stage)}</span>
            <span className="stage-bar" aria-hidden>
              <span style={{ width: `${(stage.projects / most) * 100}%` }} />
            </span>
            <PageLink to={toPage.projects()} search={{ stage: stage.stage }} className="number" aria-label={t('stages.see', { stage: t(`stages.${stage.stage}`, stage.stage), count: stage.projects })}>
              {stage.projects}
            </PageLink>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
