import { describe, expect, it } from 'vitest'
import { keptSearch, parseSearch, writeSearch } from '../address'
import { daysBefore, isDay, isNow, momentParams, readMoment, today } from '../moment'

describe('the time bar', () => {
  it('asks for nothing while it stands at now', () => {
    const moment = readMoment({})

    expect(isNow(moment)).toBe(true)
    expect(momentParams(moment)).toEqual({})
  })

  it('asks for both clocks when both are set', () => {
    const moment = readMoment({ valid_at: '2026-10-01', known_at: '2026-10-05' })

    expect(isNow(moment)).toBe(false)
    expect(momentParams(moment)).toEqual({ valid_at: '2026-10-01', known_at: '2026-10-05' })
  })

  it('keeps the branch beside the clocks, and is now in a branch too', () => {
    const moment = readMoment({ branch: '7' })

    expect(isNow(moment)).toBe(true)
    expect(momentParams(moment)).toEqual({ branch: '7' })
    expect(readMoment({ branch: '0' })).toEqual({})
    expect(readMoment({ branch: '7; drop' })).toEqual({})
  })

  it('leaves out what is not a calendar day', () => {
    expect(readMoment({ valid_at: '2026-02-30', known_at: 'yesterday' })).toEqual({})
    expect(isDay('2024-02-29')).toBe(true)
    expect(isDay('2026-2-3')).toBe(false)
  })

  it('counts days in China, also when it is still yesterday in Greenwich', () => {
    expect(today(new Date('2026-11-21T17:30:00Z'))).toBe('2026-11-22')
    expect(daysBefore('2026-03-01', 1)).toBe('2026-02-28')
  })
})

describe('an address', () => {
  it('keeps codes as texts and Chinese as it is', () => {
    const search = parseSearch('?region=220184&text=%E4%B8%80%E6%B1%BD')

    expect(search).toEqual({ region: '220184', text: '一汽' })
    expect(parseSearch(writeSearch(search))).toEqual(search)
  })

  it('carries region and moment to the next page and nothing else', () => {
    const next = keptSearch({ region: '2201', known_at: '2026-11-21', link: 'gear' }, { chain: 'nev' })

    expect(writeSearch(next)).toBe('?region=2201&known_at=2026-11-21&chain=nev')
  })
})
