import { Segmented, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useAddress } from '../../shared/address'
import { writeInstant } from '../../shared/figures'
import { PageHead } from '../../shared/PageHead'
import { type Answer, useRead } from '../../shared/reading'
import { useRegion } from '../../shared/region'
import { EmptyNote, Shown } from '../../shared/states'
import { asVerdict } from '../../shared/verdict'
import { usePick } from '../../shared/words'
import { Columns } from './Columns'
import { LinkDrawer } from './LinkDrawer'
import { LinkTable } from './LinkTable'
import { Peers } from './Peers'
import { Proposals } from './Proposals'
import { Thresholds } from './Thresholds'
import { VerdictFilter } from './VerdictFilter'
import { Waiting } from './Waiting'
import './chains.css'

export type ChainData = Answer<'/api/v1/chains/{chain}'>
export type LinkRow = ChainData['links'][number]

/** A chain as the region sees it: stages as columns, as a table, or beside peer regions. */
export default function Chains() {
  const { t } = useTranslation('chains')
  const pick = usePick()
  const chains = useRead('/api/v1/chains')
  const [{ chain: asked, view }, patch] = useAddress()
  const list = chains.data?.items ?? []
  const chain = asked ?? list[0]?.code
  return (
    <div className="page" data-testid="chains">
      <PageHead
        title={t('title')}
        actions={
          <>
            <Select
              aria-label={t('choose')}
              data-testid="chain-select"
              className="chain-select"
              value={chain}
              loading={chains.isPending}
              options={list.map((item) => ({ value: item.code, label: pick(item.title) }))}
              onChange={(code: string) => patch({ chain: code, link: undefined, verdict: undefined })}
            />
            <Segmented
              aria-label={t('view.label')}
              value={isOther(view) ? view : 'cards'}
              options={[
                { value: 'cards', label: t('view.cards') },
                { value: 'table', label: t('view.table') },
                { value: 'peers', label: t('view.peers') },
                { value: 'thresholds', label: t('view.thresholds') },
                { value: 'waiting', label: t('view.waiting') },
              ]}
              onChange={(next) => patch({ view: next === 'cards' ? undefined : next }, true)}
            />
          </>
        }
      />
      <Shown query={chains} rows={4}>
        {() => (chain ? <OneChain chain={chain} /> : <EmptyNote text={t('none')} />)}
      </Shown>
    </div>
  )
}

/** Tell whether another way of showing than the cards is chosen. */
function isOther(view: string | undefined): view is 'table' | 'peers' | 'thresholds' | 'waiting' {
  return view === 'table' || view === 'peers' || view === 'thresholds' || view === 'waiting'
}

function OneChain({ chain }: { chain: string }) {
  const region = useRegion()
  const query = useRead('/api/v1/chains/{chain}', { path: { chain }, query: { region } }, { keep: true })
  return (
    <Shown query={query} rows={12}>
      {(data) => <ChainBody data={data} />}
    </Shown>
  )
}

function ChainBody({ data }: { data: ChainData }) {
  const { t } = useTranslation('chains')
  const pick = usePick()
  const [{ verdict, link, view }, patch] = useAddress()
  const wanted = verdict ? asVerdict(verdict) : null
  const shown = wanted ? data.links.filter((row) => asVerdict(row.verdict?.code) === wanted) : data.links
  const openLink = (code: string) => patch({ link: code })
  return (
    <>
      {data.sentence ? <p className="chain-sentence">{pick(data.sentence)}</p> : null}
      <VerdictFilter counts={data.counts} chosen={wanted} onChoose={(next) => patch({ verdict: next ?? undefined }, true)} />
      {view === 'peers' ? <Peers chain={data.code} region={data.region ?? ''} onOpen={openLink} /> : null}
      {view === 'thresholds' ? <Thresholds chain={data.code} region={data.region ?? ''} onOpen={openLink} /> : null}
      {view === 'table' ? <LinkTable data={data} rows={shown} onOpen={openLink} opened={link} /> : null}
      {view === 'waiting' ? (
        <div className="waiting-lists">
          {data.region ? <Waiting chain={data.code} region={data.region} /> : null}
          <Proposals chain={data.code} />
        </div>
      ) : null}
      {!isOther(view) ? (
        <Columns data={data} shown={new Set(shown.map((row) => row.code))} onOpen={openLink} opened={link} />
      ) : null}
      <p className="faint small">
        {t('asOf', { at: writeInstant(data.as_of), card: data.scorecard.version, population: pick(data.population) })}
        {data.reference ? ` ${pick(data.reference)}` : ''}
      </p>
      <LinkDrawer chain={data.code} link={link} onClose={() => patch({ link: undefined })} onOpen={openLink} />
    </>
  )
}
