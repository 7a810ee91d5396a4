import { useTranslation } from 'react-i18next'
import { DemoTag } from '../../shared/marks'
import { RankedList } from '../../shared/RankedList'
import { Verdict } from '../../shared/Verdict'
import { usePick } from '../../shared/words'
import type { DirectionData, Segment } from './Directions'
import { Bar } from './Bar'

/** The ranked candidates; each shows its parts, its interval and its rank by the control. */
export function Candidates({
  data,
  chosen,
  onChoose,
}: {
  data: DirectionData
  chosen: string
  onChoose: (segment: string) => void
}) {
  const { t } = useTranslation('directions')
  return (
    <div className="candidate-list">
      <RankedList
        data={data}
        title={t('candidates')}
        testid="segment-row"
        keyOf={(segment) => segment.segment}
        chosen={chosen}
        onChoose={onChoose}
        choice="segment"
      >
        {(segment) => <Row segment={segment} />}
      </RankedList>
    </div>
  )
}

function Row({ segment }: { segment: Segment }) {
  const { t } = useTranslation('directions')
  const pick = usePick()
  const moved = segment.published_rank !== null && segment.published_rank !== segment.rank
  return (
    <>
      <span className="candidate-rank">{segment.rank}</span>
      <span className="candidate-name">
        <strong>{pick(segment.title)}</strong>
        <span className="tags">
          {segment.verdict ? <Verdict name={segment.verdict.code} /> : null}
          <DemoTag demo={segment.verdict?.demo} />
        </span>
        <span className="faint small">
          {segment.chain_title ? `${pick(segment.chain_title)} · ` : ''}
          {segment.control_rank ? t('controlRank', { rank: segment.control_rank }) : t('noControlRank')}
          {moved ? ` · ${t('publishedRank', { rank: segment.published_rank })}` : ''}
        </span>
      </span>
      <span className="candidate-score">
        <strong>{segment.total.toFixed(1)}</strong>
        <Bar segment={segment} />
      </span>
    </>
  )
}
