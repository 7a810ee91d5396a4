import { useTranslation } from 'react-i18next'
import { toPage } from '../../shared/codes'
import { Figure } from '../../shared/Figure'
import { PageLink } from '../../shared/PageLink'
import { Verdict } from '../../shared/Verdict'
import { VERDICTS } from '../../shared/verdict'
import { usePick } from '../../shared/words'
import type { CockpitData } from './Cockpit'

type Chain = CockpitData['chains'][number]

/** Each chain in one sentence that can be read aloud; every number opens what it counts. */
export function ChainSentences({ data }: { data: CockpitData }) {
  return (
    <section className="sentences" data-testid="sentence">
      {data.chains.map((chain) => (
        <Sentence key={chain.code} chain={chain} />
      ))}
    </section>
  )
}

function Sentence({ chain }: { chain: Chain }) {
  const { t } = useTranslation('cockpit')
  const pick = usePick()
  const links = VERDICTS.reduce((sum, verdict) => sum + (chain.counts[verdict] ?? 0), 0)
  const told = (['strong', 'steady', 'weak', 'choke', 'missing', 'unknown'] as const).filter(
    (verdict) => (chain.counts[verdict] ?? 0) > 0,
  )
  return (
    <article className="sentence">
      <p>
        <PageLink to={toPage.chains()} search={{ chain: chain.code }} className="sentence-chain">
          {pick(chain.title)}
        </PageLink>{' '}
        {t('sentence.links', { count: links })}
        {told.map((verdict, position) => (
          <span key={verdict}>
            {position ? t('sentence.comma') : t('sentence.colon')}
            <PageLink
              to={toPage.chains()}
              search={{ chain: chain.code, verdict }}
              className="sentence-number"
              data-testid={`count-${chain.code}-${verdict}`}
            >
              <Verdict name={verdict} /> <strong>{chain.counts[verdict]}</strong>
            </PageLink>
          </span>
        ))}
        {t('sentence.firms')}
        <Figure title={t('sentence.firmsTitle', { chain: pick(chain.title) })} figure={chain.firms} />
        {t('sentence.stop')}
      </p>
      <Bar counts={chain.counts} links={links} />
    </article>
  )
}

function Bar({ counts, links }: { counts: Chain['counts']; links: number }) {
  return (
    <div className="verdict-bar" aria-hidden>
      {(['strong', 'steady', 'weak', 'choke', 'missing', 'unknown'] as const).map((verdict) =>
        counts[verdict] ? (
          <span key={verdict} className={`fill-${verdict}`} style={{ flexGrow: counts[verdict] / Math.max(links, 1) }} />
        ) : null,
      )}
    </div>
  )
}
