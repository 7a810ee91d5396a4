import { createContext, useContext } from 'react'
import type { components } from '../api/client'

/** A figure or reason with all that it rests on. A null value is unknown, never zero. */
export type Shown = components['schemas']['Figure']
export type FactRef = components['schemas']['FactRef']

export interface Opened {
  title: string
  figure: Shown
}

export const EvidenceContext = createContext<(opened: Opened) => void>(() => undefined)

/** Return the way to open the evidence drawer. */
export function useEvidence(): (opened: Opened) => void {
  return useContext(EvidenceContext)
}
