import { describe, expect, it } from 'vitest'
import { writeBytes, writeChange, writeDay, writeInstant, writeNumber, writeShare, writeWan } from '../figures'

describe('a figure', () => {
  it('grows from 万元 into 亿元 at ten thousand', () => {
    expect(writeWan(9999, 'zh')).toBe('9,999 万元')
    expect(writeWan(10_000, 'zh')).toBe('1 亿元')
    expect(writeWan(56_300, 'zh')).toBe('5.63 亿元')
  })

  it('says the same amount of money in English', () => {
    expect(writeWan(56_000, 'en')).toBe('CNY 560 m')
    expect(writeWan(500, 'en')).toBe('CNY 5,000 k')
  })

  it('stays unknown when it is unknown, and zero when it is zero', () => {
    expect(writeNumber(null, '家', 'zh')).toBeNull()
    expect(writeNumber(0, '家', 'zh')).toBe('0 家')
    expect(writeShare(undefined)).toBeNull()
  })

  it('rises and falls with an arrow, never by sign or colour alone', () => {
    expect(writeChange(9, 11)).toBe('▲2')
    expect(writeChange(11, 9)).toBe('▼2')
    expect(writeChange(3, 3)).toBe('—')
  })

  it('is written no more exactly than its day is known', () => {
    expect(writeDay('2020-05-31T16:00:00Z', 'm')).toBe('2020-06')
    expect(writeDay('2020-05-31T16:00:00Z', 'y')).toBe('2020')
    expect(writeDay('2020-05-31T16:00:00Z', 'u')).toBeNull()
  })

  it('shows instants in China time', () => {
    expect(writeInstant('2026-11-22T01:16:01Z')).toBe('2026-11-22 09:16')
    expect(writeInstant('2026-11-22')).toBe('2026-11-22')
  })

  it('shows sizes a person can read', () => {
    expect(writeBytes(24)).toBe('24 B')
    expect(writeBytes(1536)).toBe('1.5 KB')
  })
})
