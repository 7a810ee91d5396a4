import type { FactRef, Shown } from './evidence'

interface Bilingual {
  zh: string
  en: string
}

/** Make what states a text and its facts open like any figure. */
export function asShown(given: {
  text: Bilingual
  facts: FactRef[]
  formula?: Bilingual
  value?: number | null
  low?: number
  high?: number
  asOf: string
}): Shown {
  const weakest = (['demo', 'recalled'] as const).find((basis) =>
    given.facts.some((fact) => fact.basis === basis),
  )
  return {
    value: given.value ?? null,
    low: given.low ?? null,
    high: given.high ?? null,
    text: given.text,
    unit: null,
    formula: given.formula ?? { zh: '', en: '' },
    inputs: [],
    facts: given.facts,
    facts_total: given.facts.length,
    basis: weakest ?? 'derived',
    demo: weakest === 'demo',
    population: null,
    as_of: given.asOf,
  }
}
