import { useAddress, useMoment } from './address'
import { MAIN_NOW } from './moment'
import { type Answer, useRead } from './reading'
import { useMay } from './session'

export type Branch = Answer<'/api/v1/branches'>['items'][number]
export type Difference = Answer<'/api/v1/branches/{number}'>['items'][number]

/** Every branch of one's own office; branches are dealt with from the main line, in the present. */
export function useBranches(): { items: Branch[]; isPending: boolean; error: unknown; refetch: () => unknown } {
  const may = useMay('firm:read')
  const query = useRead('/api/v1/branches', {}, { at: MAIN_NOW, enabled: may, keep: true })
  return { items: query.data?.items ?? [], isPending: query.isPending && may, error: query.error, refetch: query.refetch }
}

/** The branch the page is seen in, undefined on the main line or before it is known. */
export function useBranch(): { number: string | undefined; branch: Branch | undefined } {
  const { branch: number } = useMoment()
  const { items } = useBranches()
  return { number, branch: items.find((one) => String(one.number) === number) }
}

/** Return the way to go into a branch, or back to the main line. */
export function useEnterBranch(): (number: number | undefined) => void {
  const [, patch] = useAddress()
  return (number) => patch({ branch: number === undefined ? undefined : String(number) })
}

/** Tell whether a branch can still be chosen to look at. */
export function isReadable(branch: Branch): boolean {
  return branch.state !== 'discarded'
}
