import { useTranslation } from 'react-i18next'
import { BasisTag, EvaluationOnlyTag } from '../../shared/marks'
import { RankedList } from '../../shared/RankedList'
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
  return (
    <RankedList
      data={data}
      title={t('ranking')}
      className="ranking"
      testid="target-row"
      keyOf={(target) => target.firm}
      chosen={chosen}
      onChoose={onChoose}
      choice="firm"
    >
      {(target) => <Row target={target} />}
    </RankedList>
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
