import { Drawer } from 'antd'
import { type ReactNode, useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { EvidenceContext, type FactRef, type Opened, type Shown } from './evidence'
import { FactCard } from './FactCard'
import { writeInstant, writeNumber } from './figures'
import { BasisTag, DemoTag, Unknown } from './marks'
import { useLanguage, usePick } from './words'

/** Lets everything inside open the one evidence drawer. */
export function EvidenceRoom({ children }: { children: ReactNode }) {
  const [opened, setOpened] = useState<Opened | null>(null)
  const [isOpen, setIsOpen] = useState(false)
  const { t } = useTranslation('shared')
  const open = useCallback((next: Opened) => {
    setOpened(next)
    setIsOpen(true)
  }, [])
  return (
    <EvidenceContext.Provider value={open}>
      {children}
      <Drawer
        open={isOpen}
        onClose={() => setIsOpen(false)}
        title={t('evidence.title')}
        size={480}
        rootClassName="evidence-drawer"
        closable={{ 'aria-label': t('close') }}
      >
        {opened ? <Behind title={opened.title} figure={opened.figure} /> : null}
      </Drawer>
    </EvidenceContext.Provider>
  )
}

function Behind({ title, figure }: { title: string; figure: Shown }) {
  const { t } = useTranslation('shared')
  const language = useLanguage()
  const pick = usePick()
  const written = writeNumber(figure.value, figure.unit, language)
  const facts = uniqueFacts(figure)
  const formula = pick(figure.formula)
  const text = pick(figure.text)
  const total = Math.max(facts.length, factsTotal(figure))
  return (
    <div data-testid="evidence">
      <div className="evidence-value">
        <span className="faint">{title}</span>
        <strong>{written ?? (!text ? <Unknown /> : null)}</strong>
        {text && (!written || Number.isNaN(Number(text))) && text !== written ? <p>{text}</p> : null}
        {typeof figure.low === 'number' && typeof figure.high === 'number' && figure.low !== figure.high ? (
          <p className="faint">
            {t('evidence.interval', {
              low: writeNumber(figure.low, figure.unit, language),
              high: writeNumber(figure.high, figure.unit, language),
            })}
          </p>
        ) : null}
        <div className="tags">
          <BasisTag basis={figure.basis} />
          <DemoTag demo={figure.demo} />
        </div>
      </div>
      {formula ? (
        <section>
          <h3>{t('evidence.formula')}</h3>
          <p className="formula">{formula}</p>
        </section>
      ) : null}
      {figure.inputs?.length ? (
        <section>
          <h3>{t('evidence.inputs')}</h3>
          <dl className="pairs">
            {figure.inputs.map((input, position) => (
              // oxlint-disable-next-line react/no-array-index-key -- inputs have no identity of their own
              <div key={position}>
                <dt>{pick(input.name)}</dt>
                <dd>
                  {typeof input.value === 'number'
                    ? writeNumber(input.value, null, language)
                    : (input.value ?? <Unknown />)}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ) : null}
      <section>
        <h3>
          {t('evidence.facts')} <span className="faint">{total || ''}</span>
        </h3>
        {facts.length ? (
          facts.map((fact) => <FactCard key={`${fact.body}${fact.fact}`} refer={fact} />)
        ) : (
          <p className="faint">{t('evidence.noFacts')}</p>
        )}
        {total > facts.length ? <p className="faint">{t('evidence.more', { count: total - facts.length })}</p> : null}
      </section>
      <footer className="evidence-foot faint">
        {figure.population ? <div>{t('evidence.population', { text: pick(figure.population) })}</div> : null}
        {figure.as_of ? <div>{t('evidence.asOf', { at: writeInstant(figure.as_of) })}</div> : null}
        <div>{t('evidence.correct')}</div>
      </footer>
    </div>
  )
}

function uniqueFacts(figure: Shown): FactRef[] {
  const all = [...(figure.facts ?? []), ...(figure.inputs ?? []).flatMap((input) => input.facts ?? [])]
  return [...new Map(all.map((fact) => [`${fact.body}/${fact.fact}`, fact])).values()]
}

function factsTotal(figure: Shown): number {
  return (figure.inputs ?? []).reduce((sum, input) => sum + input.facts_total, figure.facts_total)
}
