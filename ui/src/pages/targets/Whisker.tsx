import { useTranslation } from 'react-i18next'

/** A score on the scale 0–100 with the interval that missing evidence leaves. */
export function Whisker({ total, low, high, scale = 100 }: { total: number; low: number; high: number; scale?: number }) {
  const { t } = useTranslation('targets')
  const at = (value: number) => `${(Math.min(Math.max(value, 0), scale) / scale) * 100}%`
  return (
    <span className="whisker" role="img" aria-label={t('interval', { low: low.toFixed(1), high: high.toFixed(1) })}>
      <span className="whisker-fill" style={{ width: at(total) }} />
      {high - low > 0.05 ? <span className="whisker-line" style={{ left: at(low), right: `calc(100% - ${at(high)})` }} /> : null}
    </span>
  )
}
