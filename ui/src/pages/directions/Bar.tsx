import { useTranslation } from 'react-i18next'
import type { Segment } from './Directions'

/** The total as a bar of its parts on the scale 0–100, with the interval that unknowns leave. */
export function Bar({ segment }: { segment: Segment }) {
  const { t } = useTranslation('directions')
  return (
    <span
      className="direction-bar"
      role="img"
      aria-label={t('interval', { low: segment.low.toFixed(1), high: segment.high.toFixed(1) })}
    >
      {segment.parts.map((part) => (
        <span key={part.code} className={`bar-${part.code}`} style={{ width: `${part.points ?? 0}%` }} />
      ))}
      {segment.high - segment.low > 0.05 ? (
        <span className="bar-line" style={{ left: `${segment.low}%`, right: `${100 - segment.high}%` }} />
      ) : null}
    </span>
  )
}
