import { useTranslation } from 'react-i18next'
import { type Column, DataTable } from '../../shared/DataTable'
import { Figure } from '../../shared/Figure'
import { Notice } from '../../shared/Notice'
import { Panel } from '../../shared/PageHead'
import { usePick } from '../../shared/words'
import type { DirectionData } from './Directions'

type Method = NonNullable<DirectionData['backtest']>['methods'][number]

/** What the ranking stands on: which firms, whether complexity holds, and the back-test. */
export function Trust({ data }: { data: DirectionData }) {
  const { t } = useTranslation('directions')
  return (
    <div className="direction-trust">
      <Panel title={t('trust.ground')} testId="ground">
        <Basis data={data} />
      </Panel>
      <Panel title={t('trust.backtest')} testId="backtest">
        <Tested data={data} />
      </Panel>
    </div>
  )
}

function Basis({ data }: { data: DirectionData }) {
  const { t } = useTranslation('directions')
  const pick = usePick()
  const { ground, complexity } = data
  return (
    <div className="direction-basis">
      {ground ? (
        <p>
          {pick(ground.says)} <Figure title={t('trust.firms', { name: ground.name })} figure={ground.firms} />
        </p>
      ) : (
        <Notice kind="warning" title={pick(data.why_no_ground)} />
      )}
      {complexity ? (
        <>
          <p>
            {t('trust.eci', { name: ground?.name ?? data.region_name })} <Figure title="ECI" figure={complexity.eci} />
            {complexity.rank ? ` ${t('trust.eciRank', { rank: complexity.rank, of: complexity.of })}` : null}
          </p>
          {complexity.is_close ? (
            <Notice kind="warning" title={pick(complexity.says)} />
          ) : (
            <p className="faint small">{pick(complexity.says)}</p>
          )}
        </>
      ) : (
        <p className="faint small">{t('trust.noComplexity', { why: pick(data.why_no_complexity) })}</p>
      )}
    </div>
  )
}

function Tested({ data }: { data: DirectionData }) {
  const { t } = useTranslation('directions')
  const pick = usePick()
  const { backtest } = data
  if (!backtest) return <p>{t('trust.noBacktest', { why: pick(data.why_no_backtest) })}</p>
  const best = Math.max(...backtest.methods.map((method) => method.precision))
  const columns: Column<Method>[] = [
    { key: 'method', title: t('trust.method'), isName: true, cell: (row) => pick(row.title) },
    {
      key: 'precision',
      title: t('trust.precision'),
      isNumber: true,
      cell: (row) => (row.precision === best ? <strong>{row.precision.toFixed(3)}</strong> : row.precision.toFixed(3)),
    },
    {
      key: 'interval',
      title: t('trust.interval'),
      isNumber: true,
      cell: (row) => `${row.low.toFixed(3)}–${row.high.toFixed(3)}`,
    },
    { key: 'wins', title: t('trust.wins'), isNumber: true, cell: (row) => (row.code === 'gravity' ? '—' : `${(row.wins * 100).toFixed(0)}%`) },
    { key: 'hit', title: t('trust.hit', { k: backtest.k }), isNumber: true, cell: (row) => `${(row.hit * 100).toFixed(0)}%` },
  ]
  return (
    <>
      <p className="direction-tested">{pick(backtest.says)}</p>
      <details>
        <summary>{t('trust.methods', { count: backtest.methods.length })}</summary>
        <DataTable label={t('trust.backtest')} columns={columns} rows={backtest.methods} rowKey={(row) => row.code} />
      </details>
    </>
  )
}
