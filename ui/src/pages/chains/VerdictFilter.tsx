import { useTranslation } from 'react-i18next'
import { Verdict } from '../../shared/Verdict'
import { VERDICTS, type VerdictName } from '../../shared/verdict'

/** The verdicts with their counts; choosing one shows only its links. */
export function VerdictFilter({
  counts,
  chosen,
  onChoose,
}: {
  counts: Record<string, number>
  chosen: VerdictName | null
  onChoose: (verdict: VerdictName | null) => void
}) {
  const { t } = useTranslation('chains')
  return (
    <div className="verdict-filter" role="group" aria-label={t('filter')}>
      {VERDICTS.map((verdict) => (
        <button
          key={verdict}
          type="button"
          aria-pressed={chosen === verdict}
          data-testid={`filter-${verdict}`}
          onClick={() => onChoose(chosen === verdict ? null : verdict)}
        >
          <Verdict name={verdict} /> <strong>{counts[verdict] ?? 0}</strong>
        </button>
      ))}
      {chosen ? (
        <button type="button" className="verdict-filter-all" onClick={() => onChoose(null)}>
          {t('all')}
        </button>
      ) : null}
    </div>
  )
}
