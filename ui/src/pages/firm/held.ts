import type { FactRef } from '../../shared/evidence'
import type { FirmData } from './Firm'

export type Held = FirmData['attributes'][number]['values'][number]

/** Return a value as a text; empty when there is none. */
export function heldText(held: Held | undefined): string {
  if (!held) return ''
  if (held.ref) return held.ref.name
  return held.value === null || held.value === undefined ? '' : String(held.value)
}

/** Return the fact that holds a value, as the evidence drawer wants it. */
export function refOf(body: string, attribute: { name: string; title: Record<string, string> }, held: Held): FactRef {
  const text = heldText(held)
  return {
    body,
    fact: held.fact,
    says: `${attribute.title.zh ?? attribute.name}：${text}`,
    attribute: attribute.name,
    label: held.label,
    source: held.source,
    source_title: { zh: held.source_title.zh ?? held.source, en: held.source_title.en ?? held.source },
    basis: held.basis,
    confidence: held.confidence,
    valid_from: held.valid_from,
    known_from: held.known_from,
    demo: held.basis === 'demo',
    licence: held.licence,
    evaluation_only: held.evaluation_only,
  }
}
