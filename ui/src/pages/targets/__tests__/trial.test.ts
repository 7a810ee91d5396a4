import { describe, expect, it } from 'vitest'
import { parseWeights, writeWeights } from '../trial'

describe('weights to try', () => {
  it('come back from the address as they went in', () => {
    expect(parseWeights(writeWeights({ fit: 30, risk: -20 }))).toEqual({ fit: 30, risk: -20 })
  })

  it('leave the address clean when none is tried, and skip what is no number', () => {
    expect(writeWeights({})).toBeUndefined()
    expect(parseWeights('fit:much,ties:20')).toEqual({ ties: 20 })
  })
})
