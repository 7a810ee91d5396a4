import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useAddress } from '../../shared/address'
import { fullCode, shortCode } from '../../shared/codes'
import { writeInstant } from '../../shared/figures'
import { Unknown } from '../../shared/marks'
import { PageHead } from '../../shared/PageHead'
import { RankedList } from '../../shared/RankedList'
import { type Answer, useRead } from '../../shared/reading'
import { useRegion } from '../../shared/region'
import { EmptyNote, Shown } from '../../shared/states'
import { comma, usePick } from '../../shared/words'
import { AnchorDetail } from './AnchorDetail'
import { isScored } from './scored'
import './anchors.css'

export type AnchorData = Answer<'/api/v1/anchors'>
export type Anchor = AnchorData['items'][number]
const PAGE = 20

/** Firms that pull a chain along, ranked; beside the list what one of them buys and could pull. */
export default function Anchors() {
  const { t } = useTranslation('anchors')
  const region = useRegion()
  return (
    <div className="page" data-testid="anchors">
      <PageHead title={t('title')} says={t('says')} actions={region ? <ChainChoice /> : null} />
      {region ? <Ranked region={region} /> : <EmptyNote text={t('choose')} />}
    </div>
  )
}

function ChainChoice() {
  const { t } = useTranslation('anchors')
  const pick = usePick()
  const [{ chain }, patch] = useAddress()
  const chains = useRead('/api/v1/chains')
  return (
    <Select
      className="anchor-chain"
      aria-label={t('chain')}
      value={chain ?? ''}
      options={[
        { value: '', label: t('allChains') },
        ...(chains.data?.items ?? []).map((item) => ({ value: item.code, label: pick(item.title) })),
      ]}
      onChange={(code: string) => patch({ chain: code || undefined, firm: undefined, offset: undefined })}
    />
  )
}

function Ranked({ region }: { region: string }) {
  const [{ chain, weights, offset }] = useAddress()
  const query = useRead('/api/v1/anchors', { query: { region, chain, weights, limit: PAGE, offset: Number(offset) || 0 } }, { keep: true })
  return (
    <Shown query={query} rows={10}>
      {(data) => <Body data={data} />}
    </Shown>
  )
}

function Body({ data }: { data: AnchorData }) {
  const { t } = useTranslation('anchors')
  const pick = usePick()
  const [{ firm }, patch] = useAddress()
  const chosen = firm ? fullCode(firm) : data.items[0]?.firm
  return (
    <>
      <p className="anchor-sentence" data-testid="sentence">
        {pick(data.sentence)}
      </p>
      {chosen ? (
        <div className="anchor-split">
          <div className="anchor-list">
            <RankedList
              data={data}
              title={t('ranking')}
              testid="anchor-row"
              keyOf={(anchor) => anchor.firm}
              chosen={chosen}
              onChoose={(chosenFirm) => patch({ firm: shortCode(chosenFirm) }, true)}
              choice="firm"
            >
              {(anchor) => <Row anchor={anchor} list={data.secret_hidden ? 'hiddenList' : 'noList'} />}
            </RankedList>
          </div>
          <AnchorDetail data={data} firm={chosen} />
        </div>
      ) : (
        <EmptyNote text={t('none')} />
      )}
      <p className="faint small">{t('asOf', { at: writeInstant(data.as_of), card: pick(data.scorecard.title), version: data.scorecard.version })}</p>
    </>
  )
}

function Row({ anchor, list }: { anchor: Anchor; list: 'hiddenList' | 'noList' }) {
  const { t } = useTranslation('anchors')
  const pick = usePick()
  return (
    <>
      <span className="anchor-rank">{isScored(anchor) ? anchor.rank : null}</span>
      <span className="anchor-name">
        <strong>{anchor.short_name ?? anchor.name}</strong>
        <span className="faint small">{anchor.links.map((link) => pick(link)).slice(0, 2).join(comma())}</span>
        <span className="faint small">{t(anchor.has_list ? 'hasList' : list)}</span>
      </span>
      <span className="anchor-score">
        {isScored(anchor) ? <strong>{anchor.total.toFixed(1)}</strong> : <Unknown />}
        <span className="faint small">
          {anchor.low.toFixed(0)}–{anchor.high.toFixed(0)}
        </span>
      </span>
    </>
  )
}
