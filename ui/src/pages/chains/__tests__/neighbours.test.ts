import { describe, expect, it } from 'vitest'
import { type Edge, lightUp } from '../neighbours'

const EDGES: Edge[] = [
  { supplier: 'cell', buyer: 'pack', criticality: 'essential', share: 0.6 },
  { supplier: 'pack', buyer: 'car', criticality: 'essential', share: null },
  { supplier: 'seat', buyer: 'car', criticality: 'minor', share: null },
]

describe('looking at a link', () => {
  it('lights its inputs and its buyers, and leaves the rest dark', () => {
    const lit = lightUp(EDGES, 'pack')

    expect(lit.get('cell')).toEqual({ role: 'input', criticality: 'essential' })
    expect(lit.get('car')).toEqual({ role: 'buyer', criticality: 'essential' })
    expect(lit.get('pack')).toEqual({ role: 'self' })
    expect(lit.has('seat')).toBe(false)
  })

  it('lights nothing while no link is looked at', () => {
    expect(lightUp(EDGES, null).size).toBe(0)
  })
})
