import { useTranslation } from 'react-i18next'
import { toPage } from '../../shared/codes'
import { writeWan } from '../../shared/figures'
import { DemoTag, Unknown } from '../../shared/marks'
import { PageLink } from '../../shared/PageLink'
import { comma, useLanguage, usePick } from '../../shared/words'
import { Days } from './Days'
import type { ProjectPage, ProjectRow } from './Projects'

/** One column per stage, the longest waiting on top. */
export function Board({ page }: { page: ProjectPage }) {
  const { t } = useTranslation('projects')
  const pick = usePick()
  return (
    <div className="board">
      {page.stages.map((stage) => {
        const rows = page.items.filter((project) => project.stage?.code === stage.stage)
        return (
          <section key={stage.stage} className="board-column" aria-label={pick(stage.title)}>
            <h2>
              {pick(stage.title)} <span className="faint">{stage.count}</span>
            </h2>
            {rows.length ? (
              <ul>
                {rows.map((project) => (
                  <li key={project.code}>
                    <Card project={project} />
                  </li>
                ))}
              </ul>
            ) : (
              <p className="faint small board-none">{t('noneInStage')}</p>
            )}
          </section>
        )
      })}
    </div>
  )
}

function Card({ project }: { project: ProjectRow }) {
  const language = useLanguage()
  const pick = usePick()
  return (
    <PageLink to={toPage.project(project.code)} className={`project-card ${project.overdue ? 'late' : ''}`} data-testid="project-card">
      <strong>{project.name}</strong>
      <span className="faint small">{project.company?.name ?? project.company_name ?? <Unknown />}</span>
      <span className="faint small">{project.links.map((link) => link.name).join(comma())}</span>
      <span className="project-card-foot small">
        <span>{writeWan(project.investment_wan, language) ?? <Unknown />}</span>
        <Days project={project} />
      </span>
      {project.demo ? (
        <span>
          <DemoTag demo />
        </span>
      ) : null}
      <span className="screen-reader">{pick(project.stage?.title)}</span>
    </PageLink>
  )
}
