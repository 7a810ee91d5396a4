import { Segmented, Select } from 'antd'
import { lazy, Suspense, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Activity } from './Activity'
import { toPage } from './codes'
import { DataTable } from './DataTable'
import { writeInstant, writeNumber } from './figures'
import { BasisTag, Unknown } from './marks'
import { daysBefore } from './moment'
import { Panel } from './PageHead'
import { PageLink } from './PageLink'
import { type Answer, useRead } from './reading'
import { useMay } from './session'
import { EmptyNote, RowsComing, Shown } from './states'
import { useLanguage, usePick } from './words'

const SeriesChart = lazy(() => import('./SeriesChart'))

type OneSeries = Answer<'/api/v1/bodies/{code}/series'>['items'][number]
type Periods = Answer<'/api/v1/bodies/{code}/series/{series}/periods'>
type By = Periods['by']

const BY: By[] = ['hour', 'day', 'month', 'year']
const DAYS: Record<By, number> = { hour: 14, day: 92, month: 1_100, year: 36_500 }
const ROWS_SHOWN = 400

/** The time series of a body: one chart at a time, and the same as a table. */
export function Series({ code }: { code: string }) {
  const { t } = useTranslation('shared')
  const mayWrite = useMay('import:write')
  const query = useRead('/api/v1/bodies/{code}/series', { path: { code } }, { keep: true })
  return (
    <Shown query={query} rows={8}>
      {(list) =>
        list.items.length ? (
          <div className="series-stack">
            <Activity code={code} />
            <Chosen code={code} items={list.items} />
          </div>
        ) : (
          <Panel title={t('series.title')}>
            <EmptyNote text={t('series.none')} action={mayWrite ? <PageLink to={toPage.intake()}>{t('series.toIntake')}</PageLink> : null} />
          </Panel>
        )
      }
    </Shown>
  )
}

function Chosen({ code, items }: { code: string; items: OneSeries[] }) {
  const { t } = useTranslation('shared')
  const pick = usePick()
  const [number, setNumber] = useState<number>()
  const chosen = items.find((item) => item.series === number) ?? items[0]
  const [by, setBy] = useState<By>()
  const [isAll, setAll] = useState(false)
  if (!chosen) return null
  const shownBy = by ?? usualBy(chosen)
  return (
    <Panel
      title={`${pick(chosen.measure.title)}${chosen.channel ? ` · ${chosen.channel}` : ''}`}
      extra={
        <span className="tags">
          <BasisTag basis={chosen.basis} />
          {t('series.from', { source: pick(chosen.source_title), licence: t(`licences.${chosen.licence}`, chosen.licence) })}
        </span>
      }
      testId="series"
    >
      <div className="series-tools">
        <Select
          aria-label={t('series.choose')}
          value={chosen.series}
          onChange={(next: number) => {
            setNumber(next)
            setBy(undefined)
          }}
          options={items.map((item) => ({ value: item.series, label: nameOf(item, pick) }))}
          popupMatchSelectWidth={false}
        />
        <Segmented<By>
          aria-label={t('series.by')}
          value={shownBy}
          onChange={setBy}
          options={BY.map((value) => ({ value, label: t(`series.${value}`) }))}
        />
        <Segmented<boolean>
          aria-label={t('series.span')}
          value={isAll}
          onChange={setAll}
          options={[
            { value: false, label: t('series.latest') },
            { value: true, label: t('series.all') },
          ]}
        />
      </div>
      <OnePicture code={code} one={chosen} by={shownBy} isAll={isAll} />
    </Panel>
  )
}

function OnePicture({ code, one, by, isAll }: { code: string; one: OneSeries; by: By; isAll: boolean }) {
  const { t } = useTranslation('shared')
  const pick = usePick()
  const from = isAll ? undefined : daysBefore(one.last.slice(0, 10), DAYS[by])
  const query = useRead(
    '/api/v1/bodies/{code}/series/{series}/periods',
    { path: { code, series: one.series }, query: { by, from } },
    { keep: true },
  )
  return (
    <Shown query={query} rows={8}>
      {(periods) => (
        <>
          <Suspense fallback={<RowsComing rows={6} />}>
            <Drawn one={one} periods={periods} />
          </Suspense>
          <p className="faint small">
            {t('series.says', {
              aggregate: t(`series.${one.measure.aggregate}`),
              points: periods.points.toLocaleString('en-US'),
              gaps: periods.items.filter((item) => item.points === 0).length,
              last: writeInstant(one.last),
            })}{' '}
            {pick(one.measure.note)}
          </p>
          <PeriodTable one={one} periods={periods} />
        </>
      )}
    </Shown>
  )
}

function Drawn({ one, periods }: { one: OneSeries; periods: Periods }) {
  const { t } = useTranslation('shared')
  const pick = usePick()
  const points = useMemo(
    () => periods.items.map((item) => ({ name: writeStart(item.start, periods.by), value: item[one.measure.aggregate] })),
    [periods, one],
  )
  return (
    <SeriesChart
      label={t('series.chartLabel', { name: pick(one.measure.title) })}
      unit={one.measure.unit}
      periods={points}
      isSum={one.measure.aggregate === 'sum'}
      unknown={t('unknown')}
    />
  )
}

function PeriodTable({ one, periods }: { one: OneSeries; periods: Periods }) {
  const { t } = useTranslation('shared')
  const language = useLanguage()
  const pick = usePick()
  const rows = periods.items.slice(-ROWS_SHOWN).toReversed()
  const value = (number: number | null) => writeNumber(number, null, language) ?? <Unknown why={t('series.gap')} />
  return (
    <details className="series-table">
      <summary>{t('series.table', { count: rows.length })}</summary>
      <DataTable
        label={pick(one.measure.title)}
        rows={rows}
        rowKey={(row) => row.start}
        columns={[
          { key: 'start', title: t(`series.${periods.by}`), isName: true, cell: (row) => writeStart(row.start, periods.by) },
          { key: 'value', title: `${t(`series.${one.measure.aggregate}`)}（${one.measure.unit}）`, isNumber: true, cell: (row) => value(row[one.measure.aggregate]) },
          { key: 'min', title: t('series.min'), isNumber: true, isMinor: true, cell: (row) => value(row.min) },
          { key: 'max', title: t('series.max'), isNumber: true, isMinor: true, cell: (row) => value(row.max) },
          { key: 'points', title: t('series.points'), isNumber: true, cell: (row) => row.points },
        ]}
      />
    </details>
  )
}

function usualBy(one: OneSeries): By {
  const { step } = one.measure
  if (step === 'minute') return 'hour'
  return step === 'hour' ? 'day' : step
}

function nameOf(one: OneSeries, pick: ReturnType<typeof usePick>): string {
  return [pick(one.measure.title), one.channel, pick(one.source_title)].filter(Boolean).join(' · ')
}

/** Write where a period begins, as short as it can be told. */
export function writeStart(start: string, by: By): string {
  const text = writeInstant(start) ?? start
  return text.slice(0, { hour: 16, day: 10, month: 7, year: 4 }[by])
}
