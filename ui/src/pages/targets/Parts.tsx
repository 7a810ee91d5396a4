import { useTranslation } from 'react-i18next'
import { Evidence } from '../../shared/Figure'
import { Unknown } from '../../shared/marks'
import { asShown } from '../../shared/showing'
import { usePick } from '../../shared/words'
import type { Target } from './Targets'
import { Whisker } from './Whisker'

const SHADES = ['#1d4f91', '#4a78b3', '#7ba0cb', '#2b6c77', '#5c98a1', '#8a6fa8', '#a68fc0', '#6b7480']

/** The score as one bar of parts that add up, and each part with its own interval. */
export function Parts({ target, asOf }: { target: Target; asOf: string }) {
  const { t } = useTranslation('targets')
  const pick = usePick()
  const gains = target.parts.filter((part) => part.weight >= 0)
  const most = Math.max(...target.parts.map((part) => Math.abs(part.weight)), 1)
  const shade = (code: string) => SHADES[gains.findIndex((part) => part.code === code) % SHADES.length]
  return (
    <>
      <div className="stack" aria-hidden>
        {gains.map((part) =>
          part.points ? (
            <span key={part.code} style={{ width: `${part.points}%`, background: shade(part.code) }} title={`${pick(part.title)} ${part.points.toFixed(1)}`} />
          ) : null,
        )}
        <span className="stack-line" style={{ left: `${Math.max(0, target.low)}%`, width: `${Math.max(0, target.high - Math.max(0, target.low))}%` }} />
      </div>
      <table className="parts" aria-label={t('parts.title')}>
        <thead className="screen-reader">
          <tr>
            <th scope="col">{t('parts.part')}</th>
            <th scope="col">{t('parts.scale')}</th>
            <th scope="col">{t('parts.points')}</th>
          </tr>
        </thead>
        <tbody>
          {target.parts.map((part) => (
            <tr key={part.code} data-part={part.code}>
              <th scope="row">
                {part.weight >= 0 ? <span className="swatch" style={{ background: shade(part.code) }} /> : <span className="swatch swatch-minus">−</span>}
                {pick(part.title)}
              </th>
              <td>
                <Whisker total={Math.abs(part.points ?? 0)} low={Math.min(Math.abs(part.low), Math.abs(part.high))} high={Math.max(Math.abs(part.low), Math.abs(part.high))} scale={most} />
              </td>
              <td className="number">
                <Evidence
                  title={pick(part.title)}
                  figure={asShown({
                    text: part.how,
                    facts: part.facts,
                    value: part.points,
                    low: part.low,
                    high: part.high,
                    formula: part.how,
                    asOf,
                  })}
                >
                  {part.points === null ? <Unknown /> : part.points.toFixed(1)}
                </Evidence>
                <span className="faint small"> / {part.weight.toFixed(0)}</span>
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{t('parts.sum')}</th>
            <td className="faint small">{t('interval', { low: target.low.toFixed(1), high: target.high.toFixed(1) })}</td>
            <td className="number">
              <strong>{target.total.toFixed(1)}</strong>
            </td>
          </tr>
        </tfoot>
      </table>
    </>
  )
}
