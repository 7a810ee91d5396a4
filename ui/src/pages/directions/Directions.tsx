import { useTranslation } from 'react-i18next'
import { useAddress } from '../../shared/address'
import { writeInstant } from '../../shared/figures'
import { PageHead } from '../../shared/PageHead'
import { type Answer, useRead } from '../../shared/reading'
import { useRegion } from '../../shared/region'
import { EmptyNote, Shown } from '../../shared/states'
import { usePick } from '../../shared/words'
import { Choices, conventionOf, waysOf } from './Choices'
import { Candidates } from './Candidates'
import { SegmentDetail } from './SegmentDetail'
import { Trust } from './Trust'
import './directions.css'

export type DirectionData = Answer<'/api/v1/regions/{code}/directions'>
export type Segment = DirectionData['items'][number]
const PAGE = 20

/** Which segments a region might turn to next, and how far that ranking can be trusted. */
export default function Directions() {
  const { t } = useTranslation('directions')
  const region = useRegion()
  return (
    <div className="page" data-testid="directions">
      <PageHead title={t('title')} says={t('says')} actions={region ? <Choices region={region} /> : null} />
      {region ? <OfRegion region={region} /> : <EmptyNote text={t('choose')} />}
    </div>
  )
}

function OfRegion({ region }: { region: string }) {
  const [{ of, chain, park, convention, weights, offset }] = useAddress()
  const query = useRead(
    '/api/v1/regions/{code}/directions',
    {
      path: { code: region },
      query: {
        of: waysOf(of),
        convention: conventionOf(convention),
        chain,
        park,
        weights,
        limit: PAGE,
        offset: Number(offset) || 0,
      },
    },
    { keep: true },
  )
  return (
    <Shown query={query} rows={12}>
      {(data) => <Body data={data} />}
    </Shown>
  )
}

function Body({ data }: { data: DirectionData }) {
  const { t } = useTranslation('directions')
  const pick = usePick()
  const [{ segment }, patch] = useAddress()
  const chosen = data.items.find((item) => item.segment === segment) ?? data.items[0]
  return (
    <>
      <p className="direction-sentence" data-testid="sentence">
        {pick(data.sentence)}
      </p>
      <Trust data={data} />
      {chosen ? (
        <div className="direction-split">
          <Candidates data={data} chosen={chosen.segment} onChoose={(key) => patch({ segment: key }, true)} />
          <SegmentDetail data={data} segment={chosen} />
        </div>
      ) : (
        <EmptyNote text={t(data.of === 'links' ? 'noLinks' : 'noIndustries')} />
      )}
      <p className="faint small">
        {t('asOf', {
          at: writeInstant(data.as_of),
          card: pick(data.scorecard.title),
          version: data.scorecard.version,
          population: pick(data.population),
        })}
        {data.classification ? ` ${t('classification', { source: pick(data.classification) })}` : ''}
        {data.unplaced ? ` ${t('unplaced', { count: data.unplaced })}` : ''}
      </p>
    </>
  )
}
