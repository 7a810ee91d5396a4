import { useTranslation } from 'react-i18next'
import { toPage } from '../../shared/codes'
import { DemoTag } from '../../shared/marks'
import { Panel } from '../../shared/PageHead'
import { PageLink } from '../../shared/PageLink'
import { useRead } from '../../shared/reading'
import { prefixOf } from '../../shared/region'
import { useMay } from '../../shared/session'
import { EmptyNote, Shown } from '../../shared/states'
import { usePick } from '../../shared/words'

/** What needs a decision: projects that stand longer in a stage than its limit allows. */
export function Today({ region }: { region: string }) {
  const { t } = useTranslation('cockpit')
  const pick = usePick()
  const mayRead = useMay('project:read')
  const query = useRead(
    '/api/v1/projects',
    { query: { overdue: true, region: prefixOf(region), sort: 'days', limit: 6 } },
    { enabled: mayRead, keep: true },
  )
  if (!mayRead) return null
  return (
    <Panel title={t('today.title')} extra={t('today.hint')} testId="today">
      <Shown query={query} rows={3}>
        {(page) =>
          page.items.length ? (
            <ul className="today">
              {page.items.map((project) => (
                <li key={project.code}>
                  <div>
                    <PageLink to={toPage.project(project.code)}>{project.name}</PageLink>{' '}
                    <DemoTag demo={project.demo} />
                    <div className="faint small">{pick(project.stage?.title)}</div>
                  </div>
                  <span className="overdue">
                    {t('today.days', { days: project.days_in_stage, max: project.max_days })}
                  </span>
                </li>
              ))}
            </ul>
          ) : (
            <EmptyNote text={t('today.none')} action={<PageLink to={toPage.projects()}>{t('today.all')}</PageLink>} />
          )
        }
      </Shown>
    </Panel>
  )
}
