import { useTranslation } from 'react-i18next'
import type { RegionRow } from './Place'

const SMALLEST = 56
const LARGEST = 132

/** A schematic: one circle per part, its area by the number of firms. */
export function Bubbles({ rows, onChoose }: { rows: RegionRow[]; onChoose: (code: string) => void }) {
  const { t } = useTranslation('cockpit')
  const shown = rows.slice(0, 24)
  const most = Math.max(1, ...shown.map((row) => row.firms))
  return (
    <div className="bubbles">
      {shown.map((row) => {
        const side = SMALLEST + (LARGEST - SMALLEST) * Math.sqrt(row.firms / most)
        return (
          <button
            key={row.code}
            type="button"
            className="bubble"
            style={{ width: side, height: side }}
            onClick={() => onChoose(row.code)}
          >
            <span>{row.name}</span>
            <strong>{row.firms}</strong>
            <span className="screen-reader">{t('place.firms')}</span>
          </button>
        )
      })}
    </div>
  )
}
