import type { Answer } from '../../shared/reading'

type Side = Answer<'/api/v1/identity/queue'>['items'][number]['one']
type Value = Side['values'][number]

/** One attribute of two records: what each says, and whether they say the same. */
export interface Line {
  attribute: string
  title: Record<string, string>
  one: Value[]
  other: Value[]
  likeness: 'alike' | 'unlike' | 'unknown'
}

/** Return a value as text with its unit. */
export function writeSaid(value: Value): string {
  const said = value.value.ref?.name ?? value.value.value
  return `${String(said)}${value.value.unit ? ` ${value.value.unit}` : ''}`
}

/** Lay two records side by side, attribute by attribute, in the order in which they come. */
export function lineUp(one: Side, other: Side): Line[] {
  const titles = new Map([...one.values, ...other.values].map((value) => [value.attribute, value.title]))
  const order = [...new Set([...one.values, ...other.values].map((value) => value.attribute))]
  return order.map((attribute) => {
    const mine = one.values.filter((value) => value.attribute === attribute)
    const its = other.values.filter((value) => value.attribute === attribute)
    return { attribute, title: titles.get(attribute) ?? {}, one: mine, other: its, likeness: compare(mine, its) }
  })
}

function compare(mine: Value[], its: Value[]): Line['likeness'] {
  if (!mine.length || !its.length) return 'unknown'
  const said = new Set(mine.map(writeSaid))
  return its.some((value) => said.has(writeSaid(value))) ? 'alike' : 'unlike'
}
