import { useTranslation } from 'react-i18next'
import { ProblemError } from '../../api/problem'
import { toPage } from '../../shared/codes'
import { DataTable } from '../../shared/DataTable'
import { writeNumber } from '../../shared/figures'
import { Panel } from '../../shared/PageHead'
import { PageLink } from '../../shared/PageLink'
import { type Answer, useRead } from '../../shared/reading'
import { EmptyNote, Shown } from '../../shared/states'
import { useLanguage } from '../../shared/words'
import type { BodyData } from './Body'
import { outline } from './outline'

type Geometry = Answer<'/api/v1/bodies/{code}/geometry'>

/** Where the body lies: a schematic of its own outline, its measures, and what lies nearest. */
export function Place({ body }: { body: BodyData }) {
  const { t } = useTranslation('body')
  const query = useRead('/api/v1/bodies/{code}/geometry', { path: { code: body.code } })
  if (query.error instanceof ProblemError && query.error.body.status === 404) return <EmptyNote text={t('noPlace')} />
  return (
    <Shown query={query} rows={6}>
      {(geometry) => (
        <div className="body-split">
          <Panel title={t('outline')}>
            <Drawing geometry={geometry} name={body.name} />
            <p className="faint small">{t('schematic')}</p>
          </Panel>
          <div className="body-side">
            <Measures geometry={geometry} />
            <Nearby body={body} geometry={geometry} />
          </div>
        </div>
      )}
    </Shown>
  )
}

function Drawing({ geometry, name }: { geometry: Geometry; name: string }) {
  const { t } = useTranslation('body')
  const { paths, points, box } = outline(geometry.geometry)
  return (
    <svg className="outline" viewBox={box.join(' ')} role="img" aria-label={t('outlineOf', { name })}>
      {paths.map((path) => (
        <path key={path.d} d={path.d} className={path.isClosed ? 'area' : 'line'} vectorEffect="non-scaling-stroke" fillRule="evenodd" />
      ))}
      {points.map((at) => (
        <circle key={at.join()} cx={at[0]} cy={at[1]} r={box[2] / 60} className="dot" />
      ))}
    </svg>
  )
}

function Measures({ geometry }: { geometry: Geometry }) {
  const { t } = useTranslation('body')
  const language = useLanguage()
  const [west = 0, south = 0, east = 0, north = 0] = geometry.bbox
  const rows: [string, string][] = [
    [t('longitude'), west === east ? `${west.toFixed(5)}°` : `${west.toFixed(5)}° – ${east.toFixed(5)}°`],
    [t('latitude'), south === north ? `${south.toFixed(5)}°` : `${south.toFixed(5)}° – ${north.toFixed(5)}°`],
  ]
  if (geometry.area_m2) rows.push([t('area'), `${writeNumber(Math.round(geometry.area_mu * 100) / 100, t('mu'), language)}`])
  if (geometry.length_m) rows.push([t(geometry.area_m2 ? 'rim' : 'length'), `${writeNumber(Math.round(geometry.length_m), t('metres'), language)}`])
  return (
    <Panel title={t('measures')}>
      <dl className="pairs">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className="faint small">{t('measuredHow')}</p>
    </Panel>
  )
}

function Nearby({ body, geometry }: { body: BodyData; geometry: Geometry }) {
  const { t } = useTranslation('body')
  const language = useLanguage()
  const asked = JSON.stringify(geometry.geometry)
  const query = useRead('/api/v1/spatial/nearest', { query: { kind: body.kind, geometry: asked, count: 6 } as never }, { enabled: asked.length < 20_000 })
  const others = query.data?.items.filter((one) => one.code !== body.code) ?? []
  if (!others.length) return null
  return (
    <Panel title={t('nearby')}>
      <DataTable
        label={t('nearby')}
        rows={others}
        rowKey={(row) => row.code}
        columns={[
          { key: 'name', title: t('other'), isName: true, cell: (row) => <PageLink to={toPage.body(row.code)} search={{ tab: 'place' }}>{row.name}</PageLink> },
          { key: 'metres', title: t('distance'), isNumber: true, cell: (row) => writeNumber(Math.round(row.metres ?? 0), t('metres'), language) },
        ]}
      />
    </Panel>
  )
}
