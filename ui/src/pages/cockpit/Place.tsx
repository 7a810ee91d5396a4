import { lazy, Suspense, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useQuery } from '@tanstack/react-query'
import { useAddress } from '../../shared/address'
import { toPage } from '../../shared/codes'
import { DataTable } from '../../shared/DataTable'
import { Panel } from '../../shared/PageHead'
import { PageLink } from '../../shared/PageLink'
import { type Answer, useRead } from '../../shared/reading'
import { EmptyNote, RowsComing, Shown } from '../../shared/states'
import { usePick } from '../../shared/words'
import { type Boundaries, isProvince, readBoundaries } from './boundaries'
import { Bubbles } from './Bubbles'

const RegionMap = lazy(() => import('./RegionMap'))

export type RegionRow = Answer<'/api/v1/regions'>['items'][number]

/** The region's parts on a map and as a list, side by side; without boundaries a schematic. */
export function Place({ region, name }: { region: string; name: string }) {
  const { t } = useTranslation('cockpit')
  const [, patch] = useAddress()
  const query = useRead('/api/v1/regions', { query: { within: region } }, { keep: true })
  const layer = useRead('/api/v1/map')
  const hasLayer = layer.data?.present === true
  const boundaries = useQuery({
    queryKey: ['boundaries', region],
    queryFn: ({ signal }) => readBoundaries(region, signal),
    staleTime: Infinity,
    enabled: hasLayer,
  })
  const isComing = layer.isPending || (hasLayer && boundaries.isPending)
  const rows = useMemo(() => partsOf(query.data?.items ?? [], region), [query.data, region])
  const choose = (code: string) => patch({ region: code })
  return (
    <Panel title={t('place.title', { name })} testId="place-panel">
      <Shown query={query} rows={6}>
        {() =>
          rows.length ? (
            <div className="place-split">
              <div>
                <Drawing boundaries={boundaries.data} isPending={isComing} notices={layer.data?.notices ?? []} rows={rows} onChoose={choose} />
              </div>
              {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- scrolls by keyboard */}
              <div className="region-list" tabIndex={0} role="region" aria-label={t('place.list')}>
                <DataTable<RegionRow>
                  label={t('place.list')}
                  rows={rows}
                  rowKey={(row) => row.code}
                  columns={[
                    {
                      key: 'name',
                      title: t('place.name'),
                      isName: true,
                      cell: (row) => (
                        <button type="button" className="link-button" onClick={() => choose(row.code)}>
                          {row.name}
                        </button>
                      ),
                    },
                    {
                      key: 'firms',
                      title: t('place.firms'),
                      isNumber: true,
                      cell: (row) => (
                        <PageLink to={toPage.firms()} search={{ region: row.code }}>
                          {row.firms}
                        </PageLink>
                      ),
                    },
                    { key: 'coverage', title: t('place.coverage'), isNumber: true, cell: (row) => row.coverage },
                  ]}
                />
              </div>
            </div>
          ) : (
            <EmptyNote text={t('place.none', { name })} action={<PageLink to={toPage.imports()}>{t('place.noneWay')}</PageLink>} />
          )
        }
      </Shown>
    </Panel>
  )
}

function partsOf(rows: RegionRow[], region: string): RegionRow[] {
  const inside = rows.filter((row) => row.code !== region)
  const cities = inside.filter((row) => row.level === 'city')
  const parts = isProvince(region) && cities.length ? cities : inside
  return (parts.length ? parts : rows).toSorted((one, other) => other.firms - one.firms)
}

function Drawing({
  boundaries,
  isPending,
  notices,
  rows,
  onChoose,
}: {
  boundaries: Boundaries | null | undefined
  isPending: boolean
  notices: { zh: string; en: string }[]
  rows: RegionRow[]
  onChoose: (code: string) => void
}) {
  const { t } = useTranslation('cockpit')
  const pick = usePick()
  const said = notices.map((notice) => pick(notice)).join(' ')
  if (isPending) return <RowsComing rows={8} />
  if (!boundaries) {
    return (
      <>
        <div className="map-hold">
          <Bubbles rows={rows} onChoose={onChoose} />
        </div>
        <p className="map-note">
          {t('place.schematic')} {said}
        </p>
      </>
    )
  }
  return (
    <>
      <div className="map-hold">
        <Suspense fallback={<RowsComing rows={8} />}>
          <RegionMap boundaries={boundaries} rows={rows} onChoose={onChoose} />
        </Suspense>
      </div>
      <p className="map-note">{said || t('place.mapNote')}</p>
    </>
  )
}
