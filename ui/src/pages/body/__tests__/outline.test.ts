import { describe, expect, it } from 'vitest'
import { outline } from '../outline'

describe('an outline', () => {
  it('draws north up and longitude narrowed as at its latitude', () => {
    const square = { type: 'Polygon', coordinates: [[[10, 60], [11, 60], [11, 60.5], [10, 60.5], [10, 60]]] }

    const { paths, box } = outline(square)

    expect(paths).toEqual([{ d: 'M0 1000L992 1000L992 0L0 0L0 1000Z', isClosed: true }])
    expect(Math.round(box[2])).toBe(992 + 120)
  })

  it('keeps a hole and its ring in one path', () => {
    const ring = (low: number, high: number) => [[low, low], [high, low], [high, high], [low, low]]

    const { paths } = outline({ type: 'MultiPolygon', coordinates: [[ring(0, 4), ring(1, 2)], [ring(6, 7)]] })

    expect(paths).toHaveLength(2)
    expect(paths[0]?.d.match(/M/g)).toHaveLength(2)
  })

  it('puts a lone point in the middle of its room', () => {
    const { points, box } = outline({ type: 'Point', coordinates: [125, 43] })

    expect(points).toEqual([[0, 0]])
    expect(box[0]).toBeLessThan(0)
    expect(box[2]).toBeGreaterThan(100)
  })
})
