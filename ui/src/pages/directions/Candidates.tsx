import { Pagination } from 'antd'
import { useTranslation } from 'react-i18next'
import { useAddress } from '../../shared/address'
import { DemoTag } from '../../shared/marks'
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
  const [, patch] = useAddress()
  return (
    <div className="candidate-list">
      <ol aria-label={t('candidates')} start={data.offset + 1}>
        {data.items.map((segment) => (
          <li key={segment.segment}>
            <button
              type="button"
              aria-current={segment.segment === chosen ? 'true' : undefined}
              data-testid="segment-row"
              onClick={() => onChoose(segment.segment)}
            >
              <Row segment={segment} />
            </button>
          </li>
        ))}
      </ol>
      {data.total > data.limit ? (
        <Pagination
          size="small"
          className="pager"
          current={Math.floor(data.offset / data.limit) + 1}
          pageSize={data.limit}
          total={data.total}
          showSizeChanger={false}
          onChange={(page) => patch({ offset: String((page - 1) * data.limit), segment: undefined })}
        />
      ) : null}
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
