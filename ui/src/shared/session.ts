import { createContext, useContext } from 'react'
import type { components } from '../api/client'

export type Me = components['schemas']['Me']

export const SessionContext = createContext<Me | null>(null)

/** Return who is logged in; only pages inside the frame may ask. */
export function useMe(): Me {
  const me = useContext(SessionContext)
  if (!me) throw new Error('no session')
  return me
}

/** Tell whether the reader holds a right. */
export function useMay(right: string): boolean {
  return useMe().rights.includes(right)
}
