import { useTranslation } from 'react-i18next'
import { toPage } from '../../shared/codes'
import { Figure } from '../../shared/Figure'
import { DemoTag, Unknown } from '../../shared/marks'
import { Panel } from '../../shared/PageHead'
import { PageLink } from '../../shared/PageLink'
import { Verdict } from '../../shared/Verdict'
import { usePick } from '../../shared/words'
import { Bar } from './Bar'
import type { DirectionData, Segment } from './Directions'

/** Why a segment stands where it stands; every number opens to its facts. */
export function SegmentDetail({ data, segment }: { data: DirectionData; segment: Segment }) {
  const { t } = useTranslation('directions')
  const pick = usePick()
  return (
    <article className="segment-detail" data-testid="segment-detail">
      <Panel title={pick(segment.title)} extra={<Ways segment={segment} />}>
        <div className="segment-head">
          <div className="segment-total">
            <strong>{segment.total.toFixed(1)}</strong>
            <span className="faint small">
              {t('interval', { low: segment.low.toFixed(1), high: segment.high.toFixed(1) })}
            </span>
          </div>
          <div className="segment-bar">
            <Bar segment={segment} />
          </div>
        </div>
        {segment.verdict ? (
          <p>
            <span className="tags">
              <Verdict name={segment.verdict.code} />
              <DemoTag demo={segment.verdict.demo} />
            </span>{' '}
            {pick(segment.verdict.reason)}
          </p>
        ) : null}
        <Parts segment={segment} />
      </Panel>
      <div className="grid-2">
        <Panel title={t('control.title')} testId="control">
          <p>
            <Figure title={t('control.title')} figure={segment.control} />{' '}
            {segment.control_rank ? t('control.rank', { rank: segment.control_rank, of: data.total, own: segment.rank }) : null}
          </p>
          <p className="faint small">{t('control.says')}</p>
        </Panel>
        <Panel title={t('near.title')} testId="near">
          {segment.near.length ? (
            <ul className="near-list">
              {segment.near.map((near) => (
                <li key={near.segment}>
                  <span>{pick(near.title)}</span>
                  <span className="faint small">{t('near.proximity', { value: near.proximity.toFixed(2) })}</span>
                  <Figure title={pick(near.title)} figure={near.firms} />
                </li>
              ))}
            </ul>
          ) : (
            <p className="faint">{t('near.none')}</p>
          )}
        </Panel>
      </div>
    </article>
  )
}

function Ways({ segment }: { segment: Segment }) {
  const { t } = useTranslation('directions')
  if (!segment.chain || !segment.link) {
    return (
      <PageLink to={toPage.firms()} search={{ text: undefined }}>
        {t('toFirms')}
      </PageLink>
    )
  }
  const search = { chain: segment.chain, link: segment.link }
  return (
    <>
      <PageLink to={toPage.chains()} search={search}>
        {t('toLink')}
      </PageLink>
      <PageLink to={toPage.targets()} search={search} data-testid="to-targets">
        {t('toTargets')}
      </PageLink>
    </>
  )
}

function Parts({ segment }: { segment: Segment }) {
  const { t } = useTranslation('directions')
  const { t: shared } = useTranslation('shared')
  const pick = usePick()
  return (
    <table className="direction-parts" aria-label={t('parts.title')}>
      <thead className="screen-reader">
        <tr>
          <th scope="col">{t('parts.part')}</th>
          <th scope="col">{t('parts.points')}</th>
        </tr>
      </thead>
      {segment.parts.map((part) => (
        <tbody key={part.code} data-part={part.code}>
          <tr className="part-row">
            <th scope="row">
              <span className={`swatch bar-${part.code}`} />
              {pick(part.title)}
            </th>
            <td className="number">
              {part.points === null ? <Unknown /> : <strong>{part.points.toFixed(1)}</strong>}
              <span className="faint small"> / {part.weight.toFixed(0)}</span>
            </td>
          </tr>
          {part.components.map((one) => (
            <tr key={one.code} className="component-row">
              <th scope="row">
                {pick(one.title)} <span className="faint small">{t('parts.weight', { share: (one.weight * 100).toFixed(0) })}</span>
                {one.rate === null ? <span className="component-why faint small">{pick(one.figure.text)}</span> : null}
              </th>
              <td className="number">
                {one.rate === null ? (
                  <Figure title={pick(one.title)} figure={{ ...one.figure, text: { zh: shared('unknown'), en: shared('unknown') } }} />
                ) : (
                  <Figure title={pick(one.title)} figure={one.figure} />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      ))}
    </table>
  )
}
