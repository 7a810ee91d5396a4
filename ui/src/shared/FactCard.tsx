import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { components } from '../api/client'
import type { FactRef } from './evidence'
import { writeDay, writeInstant, writeNumber } from './figures'
import { BasisTag, DemoTag, EvaluationOnlyTag, Unknown } from './marks'
import { ProofState } from './ProofState'
import { useRead } from './reading'
import { ProblemNote, RowsComing } from './states'
import { useLanguage, usePick } from './words'

type FactOut = components['schemas']['FactOut']

/** One fact behind a figure; opens to the whole fact. */
export function FactCard({ refer }: { refer: FactRef }) {
  const { t } = useTranslation('shared')
  const pick = usePick()
  const [isOpen, setIsOpen] = useState(false)
  return (
    <div className={`fact-card ${isOpen ? 'open' : ''}`} data-testid="fact">
      <button type="button" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
        <span className="fact-label">{refer.says || t('fact.nameless', { number: refer.fact })}</span>
        <span className="tags">
          <BasisTag basis={refer.basis} />
          <DemoTag demo={refer.demo && refer.basis !== 'demo'} />
          <EvaluationOnlyTag isSo={refer.evaluation_only} />
        </span>
        {isOpen ? null : (
          <span className="faint fact-line">
            {pick(refer.source_title)} · {t('fact.confidence')} {refer.confidence}
          </span>
        )}
      </button>
      {isOpen ? <WholeFact body={refer.body} fact={refer.fact} /> : null}
    </div>
  )
}

function WholeFact({ body, fact }: { body: string; fact: number }) {
  const query = useRead('/api/v1/facts/{code}/{fact}', { path: { code: body, fact } })
  if (query.data)
    return (
      <>
        <FactPairs fact={query.data} />
        <ProofState body={body} fact={fact} />
      </>
    )
  if (query.error) return <ProblemNote error={query.error} onRetry={() => void query.refetch()} />
  return <RowsComing rows={3} />
}

/** Everything that is on record about one fact. */
export function FactPairs({ fact }: { fact: FactOut }) {
  const { t } = useTranslation('shared')
  const pick = usePick()
  const rows: [string, React.ReactNode][] = [
    [t('fact.about'), fact.body.name],
    [pick(fact.title), <FactValue key="v" fact={fact} />],
    [t('fact.source'), pick(fact.source_title)],
    [t('fact.licence'), fact.licence ? t(`licences.${fact.licence}`, fact.licence) : t('fact.noLicence')],
    [t('fact.validFrom'), writeDay(fact.valid_from, fact.precision) ?? <Unknown key="u" />],
    [t('fact.knownFrom'), writeInstant(fact.known_from)],
    [t('fact.confidence'), `${fact.confidence} / 100`],
    [t('fact.changedBy'), `${fact.changed_by} · ${fact.change_reason}`],
  ]
  if (fact.known_to) rows.splice(6, 0, [t('fact.knownTo'), writeInstant(fact.known_to)])
  if (fact.source_record) rows.push([t('fact.record'), fact.source_record])
  if (fact.original) rows.push([t('fact.original'), fact.original])
  if (fact.evidence) rows.push([t('fact.evidence'), <code key="e">{JSON.stringify(fact.evidence)}</code>])
  return (
    <dl className="pairs">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** Write the value of a fact or of what is held. */
export function FactValue({
  fact,
}: {
  fact: { value?: unknown; unit?: string | null; ref?: { name: string } | null; ended?: boolean }
}) {
  const language = useLanguage()
  const { t } = useTranslation('shared')
  if (fact.ended) return <span className="faint">{t('fact.ended')}</span>
  const { value } = fact
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no')
  const named = fact.ref?.name
  const number = typeof value === 'number' ? value : asNumber(value, fact.unit)
  const written = number === null ? writeValue(value, t) : writeNumber(number, fact.unit, language)
  if (named) return written && written !== named ? `${named}（${written}）` : named
  return written ?? <Unknown />
}

function asNumber(value: unknown, unit?: string | null): number | null {
  return unit && typeof value === 'string' && value !== '' && !Number.isNaN(Number(value))
    ? Number(value)
    : null
}

type Say = (key: string, otherwise: string) => string

function writeValue(value: unknown, t: Say): string | null {
  if (value === null || value === undefined || value === '') return null
  if (typeof value !== 'object') return String(value)
  return Object.entries(value)
    .filter(([, part]) => part !== null)
    .map(([name, part]) => `${t(`data.${name}`, name)}：${typeof part === 'object' ? JSON.stringify(part) : t(`dataValue.${part}`, String(part))}`)
    .join('；')
}
