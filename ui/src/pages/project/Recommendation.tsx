import { useTranslation } from 'react-i18next'
import { Evidence } from '../../shared/Figure'
import { writeInstant } from '../../shared/figures'
import { Panel } from '../../shared/PageHead'
import { asShown } from '../../shared/showing'
import { EmptyNote } from '../../shared/states'
import type { ProjectData } from './Project'

interface Kept {
  score?: number | null
  low?: number | null
  high?: number | null
  rank?: number | null
  scorecard?: string | null
  scorecard_version?: string | null
  reasons?: { text: string }[]
  counter_reasons?: { text: string }[]
  missing?: string[]
  at?: string | null
}

/** What the target list said when the lead was opened, kept as it was. */
export function Recommendation({ project }: { project: ProjectData }) {
  const { t } = useTranslation('project')
  const kept = project.recommendation as Kept | null
  if (!kept) return <EmptyNote text={t('why.none')} />
  const text = t('why.text', { score: kept.score?.toFixed(1), rank: kept.rank, low: kept.low?.toFixed(1), high: kept.high?.toFixed(1) })
  return (
    <Panel title={t('why.title')} extra={t('why.at', { at: writeInstant(kept.at), card: kept.scorecard, version: kept.scorecard_version })}>
      <p>
        {project.recommendation_fact ? (
          <Evidence title={t('why.title')} figure={asShown({ text: { zh: text, en: text }, facts: [project.recommendation_fact], asOf: project.valid_at })}>
            {text}
          </Evidence>
        ) : (
          text
        )}
      </p>
      <div className="grid-2 why">
        <Side title={t('why.for')} rows={kept.reasons ?? []} />
        <Side title={t('why.against')} rows={kept.counter_reasons ?? []} />
      </div>
      {kept.missing?.length ? (
        <p className="faint">
          {t('why.missing')}
          {kept.missing.join('；')}
        </p>
      ) : null}
    </Panel>
  )
}

function Side({ title, rows }: { title: string; rows: { text: string }[] }) {
  const { t } = useTranslation('project')
  return (
    <section>
      <h3>{title}</h3>
      <ul className="plain-list">
        {rows.length ? rows.map((row) => <li key={row.text}>{row.text}</li>) : <li className="faint">{t('why.noneSide')}</li>}
      </ul>
    </section>
  )
}
