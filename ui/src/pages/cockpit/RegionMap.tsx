import { MapChart } from 'echarts/charts'
import { TooltipComponent, VisualMapComponent } from 'echarts/components'
import { init, registerMap, use as equip } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { FONT } from '../../shared/theme'
import { type Boundaries, codeOf } from './boundaries'
import type { RegionRow } from './Place'

// More names than this would lie on top of each other: then only parts with firms are named.
const FEW_LABELS = 9

equip([MapChart, TooltipComponent, VisualMapComponent, CanvasRenderer])

/** The region's parts, shaded by their number of firms; the list beside it says the same. */
export default function RegionMap({
  boundaries,
  rows,
  onChoose,
}: {
  boundaries: Boundaries
  rows: RegionRow[]
  onChoose: (code: string) => void
}) {
  const { t } = useTranslation('cockpit')
  const hold = useRef<HTMLDivElement>(null)
  const choose = useRef(onChoose)
  useEffect(() => {
    choose.current = onChoose
  })
  useEffect(() => {
    if (!hold.current) return undefined
    const map = `region-${boundaries.region}`
    registerMap(map, boundaries.shapes)
    const chart = init(hold.current, null, { renderer: 'canvas' })
    const byCode = new Map(rows.map((row) => [row.code, row]))
    const features = (boundaries.shapes as unknown as { features: { properties: Record<string, unknown> }[] }).features
    const isSparse = features.length <= FEW_LABELS
    const data = features.map((feature) => {
      const code = codeOf(feature.properties)
      const value = code ? byCode.get(code)?.firms : undefined
      return { name: String(feature.properties.name ?? code), code, value, label: { show: value !== undefined || isSparse } }
    })
    chart.setOption({
      textStyle: { fontFamily: FONT },
      tooltip: {
        formatter: (at: { name: string; data?: { value?: number } }) =>
          `${at.name}<br/>${t('place.firms')} ${at.data?.value ?? t('place.noFirms')}`,
      },
      visualMap: {
        min: 0,
        max: Math.max(1, ...data.map((item) => item.value ?? 0)),
        inRange: { color: ['#eef3f9', '#1d4f91'] },
        left: 8,
        bottom: 8,
        itemHeight: 90,
        text: [t('place.firms'), ''],
        textStyle: { fontSize: 11 },
      },
      series: [
        {
          type: 'map',
          map,
          data,
          label: { fontSize: 12, color: '#1a1d21', textBorderColor: '#fff', textBorderWidth: 3 },
          labelLayout: { hideOverlap: true },
          itemStyle: { borderColor: '#8b97a5', areaColor: '#f3f5f7' },
          emphasis: { itemStyle: { areaColor: '#f4d9a8' }, label: { show: true, color: '#1a1d21' } },
          select: { disabled: true },
        },
      ],
    })
    chart.on('click', (at) => {
      const code = (at.data as { code?: string } | undefined)?.code
      if (code) choose.current(code)
    })
    const watch = new ResizeObserver(() => chart.resize())
    watch.observe(hold.current)
    return () => {
      watch.disconnect()
      chart.dispose()
    }
  }, [boundaries, rows, t])
  return <div ref={hold} className="map-canvas" role="img" aria-label={t('place.mapLabel')} />
}
