import { useAddress } from './address'
import { useMe } from './session'

/** Return the division code the page speaks of: chosen, else that of one's own place. */
export function useRegion(): string | undefined {
  const me = useMe()
  const [{ region }] = useAddress()
  return region && /^\d{2,6}$/.test(region) ? region : (me.place.region ?? undefined)
}

/** Return a way to name a region: one's own place keeps its name where no source on record names its code. */
export function usePlaceName(): (name: string) => string {
  const { place } = useMe()
  return (name) => (name === place.region ? place.name : name)
}

/** Return the prefix that all codes within a division share: 220100 → 2201. */
export function prefixOf(region: string): string {
  return region.replace(/(00)+$/, '')
}
