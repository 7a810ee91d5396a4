import type { registerMap } from 'echarts/core'
import { ProblemError } from '../../api/problem'

type Shapes = Parameters<typeof registerMap>[1]

/** Boundaries of the parts of a region, from the optional layer of the installation. */
export interface Boundaries {
  region: string
  shapes: Shapes
}

/** Read the boundaries; null where the layer has none for this region. */
export async function readBoundaries(region: string, signal: AbortSignal): Promise<Boundaries | null> {
  const level = isProvince(region) ? '?level=city' : ''
  const response = await fetch(`/api/v1/map/${region.padEnd(6, '0')}.geojson${level}`, { signal })
  if (response.status === 404) return null
  if (!response.ok) throw new ProblemError({ status: response.status })
  const shapes = (await response.json()) as { features?: unknown[] }
  return shapes.features?.length ? { region, shapes: shapes as unknown as Shapes } : null
}

/** Tell whether a code is that of a province. */
export function isProvince(region: string): boolean {
  return /^\d{2}(0000)?$/.test(region)
}

/** Return the division code a shape stands for; lines such as the dashes stand for none. */
export function codeOf(properties: Record<string, unknown> | null | undefined): string {
  return typeof properties?.code === 'string' ? properties.code : ''
}
