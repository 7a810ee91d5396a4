import { useTranslation } from 'react-i18next'
import { useAddress } from '../../shared/address'
import { fullCode, shortCode } from '../../shared/codes'
import { writeInstant } from '../../shared/figures'
import { DemoTag } from '../../shared/marks'
import { PageHead } from '../../shared/PageHead'
import { type Answer, useRead } from '../../shared/reading'
import { useRegion } from '../../shared/region'
import { EmptyNote, Shown } from '../../shared/states'
import { Figure } from '../../shared/Figure'
import { Verdict } from '../../shared/Verdict'
import { usePick } from '../../shared/words'
import { Blocked } from './Blocked'
import { GapPicker } from './GapPicker'
import { Ranking } from './Ranking'
import { TargetDetail } from './TargetDetail'
import { Weights } from './Weights'
import './targets.css'

export type TargetData = Answer<'/api/v1/targets'>
export type Target = TargetData['items'][number]
const PAGE = 20

/** Firms that could fill a gap, ranked; beside the list the reasons for and against one of them. */
export default function Targets() {
  const { t } = useTranslation('targets')
  const region = useRegion()
  const [{ link }] = useAddress()
  return (
    <div className="page" data-testid="targets">
      <PageHead title={t('title')} says={t('says')} actions={region ? <GapPicker region={region} /> : null} />
      {region && link ? <Ranked region={region} link={link} /> : <EmptyNote text={t('choose')} />}
    </div>
  )
}

function Ranked({ region, link }: { region: string; link: string }) {
  const [{ chain, weights, offset }] = useAddress()
  const query = useRead(
    '/api/v1/targets',
    { query: { region, link, chain, weights, limit: PAGE, offset: Number(offset) || 0 } },
    { keep: true },
  )
  return (
    <Shown query={query} rows={12}>
      {(data) => <RankedBody data={data} />}
    </Shown>
  )
}

function RankedBody({ data }: { data: TargetData }) {
  const { t } = useTranslation('targets')
  const pick = usePick()
  const [{ firm }, patch] = useAddress()
  const chosen = firm ? fullCode(firm) : data.items[0]?.firm
  return (
    <>
      <div className="gap-line">
        <strong>{pick(data.link_title)}</strong>
        <span className="tags" title={pick(data.verdict.reason)}>
          <Verdict name={data.verdict.code} />
          <DemoTag demo={data.verdict.demo} />
        </span>
        <span>
          {t('gapValue')} <Figure title={t('gapValue')} figure={data.gap} />
        </span>
        <span className="faint">{t('counts', { total: data.total, local: data.local_left_out, blocked: data.blocked.length })}</span>
      </div>
      {data.items.length ? (
        <div className="target-split">
          <div className="target-list">
            <Weights data={data} />
            <Ranking data={data} chosen={chosen} onChoose={(code) => patch({ firm: shortCode(code) }, true)} />
            <Blocked data={data} />
          </div>
          {chosen ? <TargetDetail data={data} firm={chosen} /> : null}
        </div>
      ) : (
        <>
          <EmptyNote text={t('none')} />
          <Blocked data={data} />
        </>
      )}
      <p className="faint small">{t('asOf', { at: writeInstant(data.as_of), card: pick(data.scorecard.title), version: data.scorecard.version })}</p>
    </>
  )
}
