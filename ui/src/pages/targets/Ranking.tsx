import { Pagination } from 'antd'
import { useTranslation } from 'react-i18next'
import { useAddress } from '../../shared/address'
import { BasisTag, EvaluationOnlyTag } from '../../shared/marks'
import type { Target, TargetData } from './Targets'
import { Whisker } from './Whisker'

/** The ranked list; each row shows its score with the interval that missing evidence leaves. */
export function Ranking({
  data,
  chosen,
  onChoose,
}: {
  data: TargetData
  chosen?: string
  onChoose: (firm: string) => void
}) {
  const { t } = useTranslation('targets')
  const [, patch] = useAddress()
  return (
    <>
      <ol className="ranking" start={data.offset + 1} aria-label={t('ranking')}>
        {data.items.map((target) => (
          <li key={target.firm}>
            <button
              type="button"
              aria-current={target.firm === chosen ? 'true' : undefined}
              data-testid="target-row"
              onClick={() => onChoose(target.firm)}
            >
              <Row target={target} />
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
          onChange={(page) => patch({ offset: String((page - 1) * data.limit), firm: undefined })}
        />
      ) : null}
    </>
  )
}

function Row({ target }: { target: Target }) {
  const { t } = useTranslation('targets')
  const moved = target.published_rank !== null && target.published_rank !== target.rank
  return (
    <>
      <span className="rank">{target.rank}</span>
      <span className="target-name">
        <strong>{target.short_name ?? target.name}</strong>
        <span className="faint small">
          {[target.stock, target.region_name].filter(Boolean).join(' · ') || t('placeUnknown')}
          {moved ? ` · ${t('publishedRank', { rank: target.published_rank })}` : ''}
        </span>
        <span className="tags">
          {target.recalled ? <BasisTag basis="recalled" /> : null}
          <EvaluationOnlyTag isSo={target.evaluation_only} />
        </span>
      </span>
      <span className="target-score">
        <strong>{target.total.toFixed(1)}</strong>
        <Whisker total={target.total} low={target.low} high={target.high} />
      </span>
    </>
  )
}
