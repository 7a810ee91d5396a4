import type { Anchor } from './Anchors'

/** Tell whether anything is known that a score can rest on. */
export function isScored(anchor: Anchor): boolean {
  return anchor.parts.some((part) => part.points !== null)
}
