import type { registerMap } from 'echarts/core'
import { ProblemError } from '../../api/problem'

type Shapes = Parameters<typeof registerMap>[1]

/** Boundaries of the parts of a region, from the optional layer of the installation. */
export interface Boundaries {
  region: string
  shapes: Shapes
  /** What the layer says of itself: origin, coordinate system, 审图号. */
  notice: string | null
}

interface Feature {
  properties: Record<string, unknown> | null
}

/** Read the boundaries; null where the installation has no layer. */
export async function readBoundaries(region: string, signal: AbortSignal): Promise<Boundaries | null> {
  const response = await fetch(`/api/v1/map/${region}.geojson`, { signal })
  if (response.status === 404) return null
  if (!response.ok) throw new ProblemError({ status: response.status })
  const shapes = (await response.json()) as { features?: Feature[]; notice?: unknown; properties?: Record<string, unknown> }
  if (!shapes.features?.length) return null
  const notice = shapes.notice ?? shapes.properties?.notice
  return {
    region,
    shapes: shapes as unknown as Shapes,
    notice: typeof notice === 'string' ? notice : null,
  }
}

/** Return the division code a shape stands for. */
export function codeOf(properties: Record<string, unknown> | null | undefined): string {
  return String(properties?.code ?? properties?.adcode ?? '')
}
