import { memo, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { DemoTag } from '../../shared/marks'
import { Verdict } from '../../shared/Verdict'
import { asVerdict } from '../../shared/verdict'
import { usePick } from '../../shared/words'
import type { ChainData, LinkRow } from './Chains'
import { type Lit, lightUp } from './neighbours'

/** Stages as columns, links as cards; looking at a card lights its inputs and buyers. */
export function Columns({
  data,
  shown,
  opened,
  onOpen,
}: {
  data: ChainData
  shown: Set<string>
  opened?: string
  onOpen: (link: string) => void
}) {
  const { t } = useTranslation('chains')
  const pick = usePick()
  const [looked, setLooked] = useState<string | null>(null)
  const lit = useMemo(() => lightUp(data.inputs, looked ?? opened ?? null), [data.inputs, looked, opened])
  return (
    <>
      <p className="legend faint small" aria-hidden>
        {t('legend.local')} · {t('legend.elsewhere')} · {t('legend.importance')} ·{' '}
        <span className="legend-input">{t('legend.input')}</span> <span className="legend-buyer">{t('legend.buyer')}</span>
      </p>
      <div className={`columns ${lit.size ? 'looking' : ''}`} style={{ '--stages': data.stages.length } as React.CSSProperties}>
        {data.stages.map((stage) => {
          const links = data.links.filter((link) => link.stage === stage.code)
          const visible = links.filter((link) => shown.has(link.code))
          return (
            <section key={stage.code} className="column" aria-label={pick(stage.title)}>
              <h2>
                {pick(stage.title)} <span className="faint">{visible.length === links.length ? links.length : `${visible.length} / ${links.length}`}</span>
              </h2>
              {groupsOf(visible).map(([group, members]) => (
                <div key={group} className="link-group">
                  {group ? <h3>{group}</h3> : null}
                  <ul className="cards">
                    {members.map((link) => (
                      <LinkCard key={link.code} link={link} lit={lit.get(link.code)} onLook={setLooked} onOpen={onOpen} />
                    ))}
                  </ul>
                </div>
              ))}
            </section>
          )
        })}
      </div>
    </>
  )
}

function groupsOf(links: LinkRow[]): [string, LinkRow[]][] {
  const groups = new Map<string, LinkRow[]>()
  for (const link of links) {
    const group = link.group ?? ''
    groups.set(group, [...(groups.get(group) ?? []), link])
  }
  return [...groups]
}

const LinkCard = memo(function LinkCard({
  link,
  lit,
  onLook,
  onOpen,
}: {
  link: LinkRow
  lit?: Lit
  onLook: (link: string | null) => void
  onOpen: (link: string) => void
}) {
  const { t } = useTranslation('chains')
  const pick = usePick()
  const verdict = asVerdict(link.verdict?.code)
  const name = pick(link.title)
  return (
    <li>
      <button
        type="button"
        className={`link-card card-${verdict} lit-${lit?.role ?? 'none'} ${lit?.criticality ? `crit-${lit.criticality}` : ''}`}
        data-testid={`link-${link.code}`}
        data-lit={lit?.role}
        onMouseEnter={() => onLook(link.code)}
        onMouseLeave={() => onLook(null)}
        onFocus={() => onLook(link.code)}
        onBlur={() => onLook(null)}
        onClick={() => onOpen(link.code)}
      >
        <span className="card-name">
          <Verdict name={verdict} isBare />
          <span>{name}</span>
        </span>
        <span className="card-verdict">
          {lit && lit.role !== 'self' ? (
            <span className="card-role">{t(`role.${lit.role}`, { how: t(`criticality.${lit.criticality}`) })}</span>
          ) : (
            <Verdict name={verdict} />
          )}
          <DemoTag demo={link.verdict?.demo} />
        </span>
        <span className="card-counts">
          <span>
            {t('card.local')} <strong>{link.firms ?? '—'}</strong>
            {link.firms_recalled ? <span className="faint">+{link.firms_recalled}</span> : null}
          </span>
          <span>
            {t('card.elsewhere')} <strong>{link.firms_elsewhere}</strong>
          </span>
          <Importance value={link.importance} />
        </span>
      </button>
    </li>
  )
})

/** How much hangs on a link, in five steps, with the number for those who read aloud. */
export function Importance({ value }: { value: number }) {
  const { t } = useTranslation('chains')
  const steps = Math.min(5, Math.max(value > 0 ? 1 : 0, Math.round(value * 5)))
  return (
    <span className="importance" role="img" aria-label={t('card.importance', { value: value.toFixed(2) })} title={t('card.importance', { value: value.toFixed(2) })}>
      {[1, 2, 3, 4, 5].map((step) => (
        <span key={step} className={step <= steps ? 'on' : ''} />
      ))}
    </span>
  )
}
