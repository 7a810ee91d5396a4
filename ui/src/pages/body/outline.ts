type Position = number[]
interface Geometry {
  type?: string
  coordinates?: unknown
  geometries?: Geometry[]
}
interface Outline {
  paths: { d: string; isClosed: boolean }[]
  points: [number, number][]
  /** viewBox: left, top, width, height. */
  box: [number, number, number, number]
}

const SIZE = 1000
const ROOM = 60

/** Return what to draw of a GeoJSON geometry, north up, longitude narrowed as at its latitude. */
export function outline(given: object): Outline {
  const lines: { at: Position[]; isClosed: boolean; part: number }[] = []
  const points: Position[] = []
  gather(given as Geometry, lines, points)
  const all = [...points, ...lines.flatMap((line) => line.at)]
  const [west, east] = [Math.min(...all.map((at) => at[0] ?? 0)), Math.max(...all.map((at) => at[0] ?? 0))]
  const [south, north] = [Math.min(...all.map((at) => at[1] ?? 0)), Math.max(...all.map((at) => at[1] ?? 0))]
  const narrow = Math.cos((((south + north) / 2) * Math.PI) / 180)
  const scale = SIZE / Math.max((east - west) * narrow, north - south, 1e-9)
  const place = (at: Position): [number, number] => [
    Math.round(((at[0] ?? 0) - west) * narrow * scale),
    Math.round((north - (at[1] ?? 0)) * scale),
  ]
  const parts = new Map<number, { d: string; isClosed: boolean }>()
  for (const line of lines) {
    const d = `M${line.at.map((at) => place(at).join(' ')).join('L')}${line.isClosed ? 'Z' : ''}`
    const held = parts.get(line.part)
    parts.set(line.part, { d: (held?.d ?? '') + d, isClosed: line.isClosed })
  }
  const width = Math.max((east - west) * narrow * scale, 1)
  const height = Math.max((north - south) * scale, 1)
  return { paths: [...parts.values()], points: points.map(place), box: [-ROOM, -ROOM, width + 2 * ROOM, height + 2 * ROOM] }
}

function gather(geometry: Geometry, lines: { at: Position[]; isClosed: boolean; part: number }[], points: Position[]) {
  const { type, coordinates } = geometry
  if (type === 'GeometryCollection') geometry.geometries?.forEach((part) => gather(part, lines, points))
  else if (type === 'Point') points.push(coordinates as Position)
  else if (type === 'MultiPoint') points.push(...(coordinates as Position[]))
  else if (type === 'LineString') lines.push({ at: coordinates as Position[], isClosed: false, part: lines.length })
  else if (type === 'Polygon') addRings(coordinates as Position[][], lines)
  else if (type === 'MultiPolygon') (coordinates as Position[][][]).forEach((rings) => addRings(rings, lines))
  else if (type === 'MultiLineString') (coordinates as Position[][]).forEach((at) => lines.push({ at, isClosed: false, part: lines.length }))
}

function addRings(rings: Position[][], lines: { at: Position[]; isClosed: boolean; part: number }[]) {
  const part = lines.length
  rings.forEach((at) => lines.push({ at, isClosed: true, part }))
}
