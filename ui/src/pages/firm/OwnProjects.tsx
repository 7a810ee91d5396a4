import { useTranslation } from 'react-i18next'
import { toPage } from '../../shared/codes'
import { DemoTag } from '../../shared/marks'
import { Panel } from '../../shared/PageHead'
import { PageLink } from '../../shared/PageLink'
import { useRead } from '../../shared/reading'
import { useMay } from '../../shared/session'
import { Shown } from '../../shared/states'
import { usePick } from '../../shared/words'

/** Our projects on this firm. */
export function OwnProjects({ firm }: { firm: string }) {
  const { t } = useTranslation('firm')
  const pick = usePick()
  const may = useMay('project:read')
  const query = useRead('/api/v1/projects', { query: { firm, limit: 20 } }, { enabled: may })
  if (!may) return null
  return (
    <Panel title={t('projects')}>
      <Shown query={query} rows={2}>
        {(page) =>
          page.items.length ? (
            <ul className="plain-list">
              {page.items.map((project) => (
                <li key={project.code}>
                  <PageLink to={toPage.project(project.code)}>{project.name}</PageLink>{' '}
                  <span className="faint">{pick(project.stage?.title)}</span> <DemoTag demo={project.demo} />
                </li>
              ))}
            </ul>
          ) : (
            <p className="faint">
              {t('noProjects')} <PageLink to={toPage.targets()}>{t('toTargets')}</PageLink>
            </p>
          )
        }
      </Shown>
    </Panel>
  )
}
