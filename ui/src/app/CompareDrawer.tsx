import { Drawer } from 'antd'
import { useTranslation } from 'react-i18next'
import { DataTable } from '../shared/DataTable'
import { Figure } from '../shared/Figure'
import { writeChange } from '../shared/figures'
import { Unknown } from '../shared/marks'
import { type Moment, NOW } from '../shared/moment'
import { type Answer, useRead } from '../shared/reading'
import { usePlaceName, useRegion } from '../shared/region'
import { Shown } from '../shared/states'
import { Verdict } from '../shared/Verdict'
import { VERDICTS } from '../shared/verdict'
import { usePick } from '../shared/words'

type Cockpit = Answer<'/api/v1/regions/{code}/cockpit'>
type OneFigure = Cockpit['firms']

/** The figures of the place at the chosen moment beside those of now. */
export default function CompareDrawer({
  open,
  onClose,
  moment,
}: {
  open: boolean
  onClose: () => void
  moment: Moment
}) {
  const { t } = useTranslation('app')
  const region = useRegion()
  const params = { path: { code: region ?? '' } }
  const then = useRead('/api/v1/regions/{code}/cockpit', params, { enabled: open && Boolean(region), at: moment })
  const now = useRead('/api/v1/regions/{code}/cockpit', params, { enabled: open && Boolean(region), at: NOW })
  return (
    <Drawer open={open} onClose={onClose} title={t('time.compare')} size={600} closable={{ 'aria-label': t('close') }}>
      {region ? (
        <Shown query={then} rows={6}>
          {(before) => (
            <Shown query={now} rows={6}>
              {(after) => <Beside before={before} after={after} />}
            </Shown>
          )}
        </Shown>
      ) : (
        <p>{t('compare.noRegion')}</p>
      )}
    </Drawer>
  )
}

function Beside({ before, after }: { before: Cockpit; after: Cockpit }) {
  const { t } = useTranslation('app')
  const pick = usePick()
  const placeName = usePlaceName()
  const figures: { key: string; before: OneFigure; after: OneFigure }[] = (
    ['firms', 'projects', 'parcels', 'parcels_free'] as const
  ).map((key) => ({ key, before: before[key], after: after[key] }))
  return (
    <div className="compare" data-testid="comparison">
      <h3>{placeName(after.region_name)}</h3>
      <DataTable
        label={t('time.compare')}
        rows={figures}
        rowKey={(row) => row.key}
        columns={[
          { key: 'what', title: t('compare.what'), isName: true, cell: (row) => t(`compare.${row.key}`) },
          { key: 'then', title: t('compare.then'), isNumber: true, cell: (row) => <Figure title={t(`compare.${row.key}`)} figure={row.before} /> },
          { key: 'now', title: t('time.now'), isNumber: true, cell: (row) => <Figure title={t(`compare.${row.key}`)} figure={row.after} /> },
          {
            key: 'change',
            title: t('compare.change'),
            isNumber: true,
            cell: (row) =>
              row.before.value === null || row.after.value === null ? <Unknown /> : <Change before={row.before.value} after={row.after.value} />,
          },
        ]}
      />
      {after.chains.map((chain) => {
        const earlier = before.chains.find((one) => one.code === chain.code)
        return (
          <section key={chain.code}>
            <h3>{pick(chain.title)}</h3>
            <DataTable
              label={pick(chain.title)}
              rows={[...VERDICTS]}
              rowKey={(verdict) => verdict}
              columns={[
                { key: 'verdict', title: t('compare.verdict'), isName: true, cell: (verdict) => <Verdict name={verdict} /> },
                { key: 'then', title: t('compare.then'), isNumber: true, cell: (verdict) => (earlier ? (earlier.counts[verdict] ?? 0) : <Unknown />) },
                { key: 'now', title: t('time.now'), isNumber: true, cell: (verdict) => chain.counts[verdict] ?? 0 },
                {
                  key: 'change',
                  title: t('compare.change'),
                  isNumber: true,
                  cell: (verdict) =>
                    earlier ? <Change before={earlier.counts[verdict] ?? 0} after={chain.counts[verdict] ?? 0} /> : <Unknown />,
                },
              ]}
            />
          </section>
        )
      })}
    </div>
  )
}

/** Red rises, green falls, always with its arrow. */
function Change({ before, after }: { before: number; after: number }) {
  const side = after > before ? 'rise' : after < before ? 'fall' : 'same'
  return <span className={`change-${side}`}>{writeChange(before, after)}</span>
}
