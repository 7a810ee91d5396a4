import type { components } from '../api/client'

type Attribute = components['schemas']['AttributeOut']
type Held = components['schemas']['HeldOut']

/** A value that is not the same in two states of a body; missing: nothing was held. */
export interface Difference {
  key: string
  title: Record<string, string>
  before?: Held
  after?: Held
}

/** List the values in which two states of a body differ, in the order of the attributes. */
export function differences(then: Attribute[], now: Attribute[]): Difference[] {
  const before = byKey(then)
  const after = byKey(now)
  const keys = [...new Set([...after.keys(), ...before.keys()])]
  return keys
    .map((key) => ({ key, title: (after.get(key) ?? before.get(key))!.title, before: before.get(key)?.held, after: after.get(key)?.held }))
    .filter((row) => says(row.before) !== says(row.after))
}

function byKey(attributes: Attribute[]): Map<string, { title: Record<string, string>; held: Held }> {
  return new Map(
    attributes.flatMap((attribute) =>
      attribute.values.map((held) => [
        `${attribute.name}/${held.key}`,
        { title: attribute.title, held: { ...held, unit: held.unit ?? attribute.unit } },
      ]),
    ),
  )
}

function says(held: Held | undefined): string {
  return held ? JSON.stringify([held.value, held.ref?.code ?? null, held.valid_from, held.source]) : ''
}
