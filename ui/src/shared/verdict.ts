import { COLOURS } from './theme'

/** A verdict on a link: each has its own shape, word and colour, so that none relies on colour. */
export const VERDICTS = ['missing', 'choke', 'weak', 'steady', 'strong', 'unknown'] as const
export type VerdictName = (typeof VERDICTS)[number]

export const VERDICT_COLOUR: Record<VerdictName, string> = {
  missing: COLOURS.red,
  choke: COLOURS.red,
  weak: COLOURS.amber,
  steady: COLOURS.grey,
  strong: COLOURS.green,
  unknown: COLOURS.grey,
}

/** Return a verdict the screen can draw; anything else is unknown. */
export function asVerdict(name: string | null | undefined): VerdictName {
  return (VERDICTS as readonly string[]).includes(name ?? '') ? (name as VerdictName) : 'unknown'
}
