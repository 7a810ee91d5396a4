import { BarChart, LineChart } from 'echarts/charts'
import { DataZoomComponent, GridComponent, TooltipComponent } from 'echarts/components'
import { init, use as equip } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import { FONT } from './theme'

equip([LineChart, BarChart, DataZoomComponent, GridComponent, TooltipComponent, CanvasRenderer])

// So many periods are seen well at once; more are cut by the slider below.
const SEEN_AT_ONCE = 400

/** A hatch, as everywhere for what is not known. */
function hatch(): HTMLCanvasElement {
  const tile = document.createElement('canvas')
  tile.width = tile.height = 8
  const pen = tile.getContext('2d')
  if (pen) {
    pen.strokeStyle = '#dfe3e8'
    pen.lineWidth = 2
    for (const start of [-8, 0, 8]) {
      pen.moveTo(start, 8)
      pen.lineTo(start + 8, 0)
    }
    pen.stroke()
  }
  return tile
}

/** Draws periods; one without a value is hatched. The table beside it says the same. */
export default function SeriesChart({
  label,
  unit,
  periods,
  isSum,
  unknown,
}: {
  label: string
  unit: string
  periods: { name: string; value: number | null }[]
  isSum: boolean
  unknown: string
}) {
  const hold = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!hold.current) return undefined
    const chart = init(hold.current, null, { renderer: 'canvas' })
    const greatest = periods.reduce((most, { value }) => Math.max(most, value ?? 0), 0) || 1
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: FONT },
      grid: { left: 8, right: 16, top: 32, bottom: periods.length > SEEN_AT_ONCE ? 48 : 8, containLabel: true },
      tooltip: {
        trigger: 'axis',
        formatter: ([at]: { name: string; value: number | null }[]) =>
          `${at?.name}<br/>${at?.value === null || at?.value === undefined ? unknown : `${at.value.toLocaleString('en-US')} ${unit}`}`,
      },
      xAxis: { type: 'category', data: periods.map((period) => period.name), axisLabel: { hideOverlap: true } },
      yAxis: { type: 'value', name: unit, nameTextStyle: { align: 'left' }, splitLine: { lineStyle: { color: '#e6e9ed' } } },
      dataZoom: periods.length > SEEN_AT_ONCE ? [{ type: 'slider', height: 20, bottom: 8, showDataShadow: false }] : [],
      series: [
        {
          type: isSum ? 'bar' : 'line',
          data: periods.map((period) => period.value),
          itemStyle: { color: '#1d4f91' },
          connectNulls: false,
          showSymbol: periods.length < 60,
          step: isSum ? undefined : 'end',
          large: true,
          barGap: '-100%',
        },
        {
          type: 'bar',
          data: periods.map((period) => (period.value === null ? greatest : null)),
          itemStyle: { color: { image: hatch(), repeat: 'repeat' } },
          barCategoryGap: '20%',
          silent: true,
          z: 1,
        },
      ],
    })
    const watch = new ResizeObserver(() => chart.resize())
    watch.observe(hold.current)
    return () => {
      watch.disconnect()
      chart.dispose()
    }
  }, [periods, unit, isSum, unknown])
  return <div ref={hold} className="series-canvas" role="img" aria-label={label} />
}
