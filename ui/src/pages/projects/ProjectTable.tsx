import { useTranslation } from 'react-i18next'
import { toPage } from '../../shared/codes'
import { type Column, DataTable } from '../../shared/DataTable'
import { writeInstant, writeWan } from '../../shared/figures'
import { DemoTag, Unknown } from '../../shared/marks'
import { PageLink } from '../../shared/PageLink'
import { comma, useLanguage, usePick } from '../../shared/words'
import { Days } from './Days'
import type { ProjectRow } from './Projects'

export function ProjectTable({ rows }: { rows: ProjectRow[] }) {
  const { t } = useTranslation('projects')
  const pick = usePick()
  const language = useLanguage()
  const columns: Column<ProjectRow>[] = [
    {
      key: 'name',
      title: t('table.name'),
      isName: true,
      cell: (project) => (
        <>
          <span className="row">
            <PageLink to={toPage.project(project.code)}>{project.name}</PageLink>
            <DemoTag demo={project.demo} />
          </span>
          <div className="faint small">{project.number}</div>
        </>
      ),
    },
    { key: 'stage', title: t('table.stage'), cell: (project) => pick(project.stage?.title) || <Unknown /> },
    { key: 'days', title: t('table.days'), isNumber: true, cell: (project) => <Days project={project} /> },
    {
      key: 'company',
      title: t('table.company'),
      cell: (project) =>
        project.company ? (
          <PageLink to={toPage.firm(project.company.code)}>{project.company.name}</PageLink>
        ) : (
          (project.company_name ?? <Unknown />)
        ),
    },
    { key: 'link', title: t('table.link'), cell: (project) => project.links.map((link) => link.name).join(comma()) || <Unknown /> },
    { key: 'investment', title: t('table.investment'), isNumber: true, cell: (project) => writeWan(project.investment_wan, language) ?? <Unknown /> },
    { key: 'owner', title: t('table.owner'), cell: (project) => project.owner ?? <Unknown /> },
    { key: 'changed', title: t('table.changed'), isMinor: true, cell: (project) => writeInstant(project.changed_at) },
  ]
  return <DataTable label={t('title')} columns={columns} rows={rows} rowKey={(project) => project.code} />
}
