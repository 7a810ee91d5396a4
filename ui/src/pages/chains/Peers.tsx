import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useAddress } from '../../shared/address'
import { type Column, DataTable } from '../../shared/DataTable'
import { writeInstant, writeShare } from '../../shared/figures'
import { DemoTag } from '../../shared/marks'
import { type Answer, useRead } from '../../shared/reading'
import { Shown } from '../../shared/states'
import { Verdict } from '../../shared/Verdict'
import { asVerdict } from '../../shared/verdict'
import { usePick } from '../../shared/words'

type Comparison = Answer<'/api/v1/chains/{chain}/comparison'>
type LinkBeside = Comparison['links'][number]
type Standing = LinkBeside['regions'][number]

const MOST_PEERS = 4

/** The region beside its peers, link by link: firms, location quotient, share and verdict. */
export function Peers({
  chain,
  region,
  onOpen,
}: {
  chain: string
  region: string
  onOpen: (link: string) => void
}) {
  const [{ peers }] = useAddress()
  const peer = peers ? peers.split(',') : undefined
  const query = useRead(
    '/api/v1/chains/{chain}/comparison',
    { path: { chain }, query: { region, peer } },
    { keep: true },
  )
  return (
    <Shown query={query} rows={12}>
      {(data) => <Beside data={data} onOpen={onOpen} />}
    </Shown>
  )
}

function Beside({ data, onOpen }: { data: Comparison; onOpen: (link: string) => void }) {
  const { t } = useTranslation('chains')
  const pick = usePick()
  const [{ verdict }] = useAddress()
  const home = data.regions[0]?.region
  const wanted = verdict ? asVerdict(verdict) : null
  const isWanted = (row: LinkBeside) =>
    wanted === null || asVerdict(row.regions.find((one) => one.region === home)?.verdict) === wanted
  const columns: Column<LinkBeside>[] = [
    {
      key: 'link',
      title: t('table.link'),
      isName: true,
      cell: (row) => (
        <button type="button" className="link-button" onClick={() => onOpen(row.link)}>
          {pick(row.title)}
        </button>
      ),
    },
    ...data.regions.map((one) => ({
      key: one.region,
      title: t('peers.head', { name: one.name, firms: one.firms }),
      cell: (row: LinkBeside) => <Cell standing={row.regions.find((held) => held.region === one.region)} />,
    })),
  ]
  return (
    <>
      <PeerPicker data={data} />
      <DataTable
        label={t('peers.title')}
        columns={columns}
        rows={data.links.filter(isWanted)}
        rowKey={(row) => row.link}
      />
      <p className="faint small">
        {t('peers.asOf', { at: writeInstant(data.as_of), population: pick(data.population), how: pick(data.how_chosen) })}
      </p>
    </>
  )
}

function Cell({ standing }: { standing: Standing | undefined }) {
  const { t } = useTranslation('chains')
  if (!standing) return null
  const recalled = standing.firms_recalled ? `+${standing.firms_recalled}` : ''
  return (
    <span className="peer-cell">
      <span className="tags">
        <Verdict name={standing.verdict} />
        <DemoTag demo={standing.demo} />
      </span>
      <span className="faint small">
        {t('peers.cell', {
          firms: `${standing.firms}${recalled}`,
          lq: standing.lq?.toFixed(2) ?? t('peers.unknown'),
          share: writeShare(standing.share) ?? t('peers.unknown'),
        })}
      </span>
    </span>
  )
}

/** Choose whom to stand beside; nothing chosen: by the rule the answer names. */
function PeerPicker({ data }: { data: Comparison }) {
  const { t } = useTranslation('chains')
  const [{ peers }, patch] = useAddress()
  const regions = useRead('/api/v1/regions', {})
  const options = (regions.data?.items ?? [])
    .filter((item) => item.code !== data.regions[0]?.region)
    .map((item) => ({ value: item.code, label: item.name, search: `${item.name}${item.code}` }))
  return (
    <Select
      mode="multiple"
      className="peer-picker"
      aria-label={t('peers.choose')}
      data-testid="peers"
      placeholder={t('peers.choose')}
      maxCount={MOST_PEERS}
      showSearch={{ optionFilterProp: 'search' }}
      value={peers ? peers.split(',') : []}
      options={options}
      onChange={(codes: string[]) => patch({ peers: codes.join(',') || undefined }, true)}
    />
  )
}
