import { useTranslation } from 'react-i18next'
import { toPage } from '../../shared/codes'
import { Evidence } from '../../shared/Figure'
import { Unknown } from '../../shared/marks'
import { Panel } from '../../shared/PageHead'
import { PageLink } from '../../shared/PageLink'
import { useRead } from '../../shared/reading'
import { useMay } from '../../shared/session'
import { asShown } from '../../shared/showing'
import { Shown } from '../../shared/states'
import { usePick } from '../../shared/words'
import type { Anchor, AnchorData } from './Anchors'
import { Items } from './Items'
import { Pulls } from './Pulls'
import { isScored } from './scored'
import { SendList } from './SendList'
import { Sides } from './Sides'

/** One anchor firm: its score, what it buys where, what it could pull, and its purchase list. */
export function AnchorDetail({ data, firm }: { data: AnchorData; firm: string }) {
  const anchor = data.items.find((item) => item.firm === firm)
  const mayImport = useMay('import:write')
  const query = useRead('/api/v1/anchors/{firm}/purchases', { path: { firm }, query: { region: data.region } }, { keep: true })
  return (
    <article className="anchor-detail" data-testid="anchor-detail">
      {anchor ? <Score anchor={anchor} asOf={data.as_of} /> : null}
      <Shown query={query} rows={8}>
        {(bought) => (
          <>
            <Sides data={bought} />
            {bought.pulls.length ? <Pulls data={bought} /> : null}
            {bought.items.length ? <Items data={bought} /> : null}
          </>
        )}
      </Shown>
      {mayImport ? <SendList key={firm} firm={firm} /> : null}
    </article>
  )
}

function Score({ anchor, asOf }: { anchor: Anchor; asOf: string }) {
  const { t } = useTranslation('anchors')
  const pick = usePick()
  return (
    <Panel
      title={<PageLink to={toPage.firm(anchor.firm)}>{anchor.name}</PageLink>}
      extra={
        <span className="anchor-total">
          {isScored(anchor) ? <strong>{anchor.total.toFixed(1)}</strong> : <Unknown />} / 100 · {t('interval', { low: anchor.low.toFixed(1), high: anchor.high.toFixed(1) })}
        </span>
      }
    >
      <table className="anchor-parts" aria-label={t('score')}>
        <tbody>
          {anchor.parts.map((part) => (
            <tr key={part.code} data-part={part.code}>
              <th scope="row">{pick(part.title)}</th>
              <td className="anchor-how">{pick(part.how)}</td>
              <td className="number">
                <Evidence
                  title={pick(part.title)}
                  figure={asShown({ text: part.how, facts: part.facts, value: part.points, low: part.low, high: part.high, formula: part.how, asOf })}
                >
                  {part.points === null ? <Unknown /> : part.points.toFixed(1)}
                </Evidence>
                <span className="faint small"> / {part.weight.toFixed(0)}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  )
}
