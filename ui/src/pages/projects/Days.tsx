import { useTranslation } from 'react-i18next'
import { Unknown } from '../../shared/marks'
import type { ProjectRow } from './Projects'

/** Days in the stage, against its limit where there is one. */
export function Days({ project }: { project: ProjectRow }) {
  const { t } = useTranslation('projects')
  if (project.days_in_stage === null) return <Unknown />
  if (project.overdue) {
    return (
      <span className="late-text">▲ {t('daysLate', { days: project.days_in_stage, max: project.max_days })}</span>
    )
  }
  return (
    <span>
      {project.max_days === null
        ? t('days', { days: project.days_in_stage })
        : t('daysOf', { days: project.days_in_stage, max: project.max_days })}
    </span>
  )
}
