import { useMoment } from './address'
import { useBranch } from './branching'
import { isNow } from './moment'
import { useMe } from './session'
import type { Declared } from './ValueField'

// Written on pages of their own, with the items or judgements that belong to them.
const ELSEWHERE_KINDS = new Set(['Project', 'Document', 'Fonds', 'Kind', 'Branch', 'Source', 'Authority'])
const ELSEWHERE = new Set(['same_as', 'demo', 'activity'])

/** Tell whether the reader may enter values of a kind here: in an open branch, or on the main line of now. */
export function useMayState(kind: string | undefined): boolean {
  const moment = useMoment()
  const { branch } = useBranch()
  const { rights } = useMe()
  if (!kind || ELSEWHERE_KINDS.has(kind) || !isNow(moment)) return false
  if (!moment.branch) return rights.includes('import:write')
  return rights.includes('branch:write') && branch?.state === 'open'
}

/** Return the attributes that are entered by hand. */
export function stateable(kind: string, declared: Declared[]): Declared[] {
  return declared.filter((one) => !one.withdrawn && !ELSEWHERE.has(one.name) && !(kind === 'Company' && one.name === 'link'))
}

/** Since when, where from, why and how secret. */
export interface Ground {
  valid_from: string
  origin: string
  label: number
  reason: string
}
export const NO_GROUND: Ground = { valid_from: '', origin: '', label: 0, reason: '' }

/** Return the ground as it is sent. */
export function groundGiven(ground: Ground) {
  return {
    valid_from: ground.valid_from.trim() || null,
    origin: ground.origin.trim() || null,
    label: ground.label,
    reason: ground.reason.trim(),
  }
}
