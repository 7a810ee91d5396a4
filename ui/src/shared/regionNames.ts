import { useMemo } from 'react'
import { useRead } from './reading'
import { useMay } from './session'

/** The attributes whose values are division codes. */
export const REGIONS = new Set(['region', 'province'])

/** Return a way to name a division code; codes that nobody speaks of stay codes. */
export function useRegionName(): (code: string | null | undefined) => string | null {
  const may = useMay('chain:read')
  const regions = useRead('/api/v1/regions', {}, { enabled: may })
  return useMemo(() => {
    const names = new Map((regions.data?.items ?? []).map((item) => [item.code, item.name]))
    return (code) => (code ? (names.get(code) ?? code) : null)
  }, [regions.data])
}
