import { useMoment } from './address'
import { isNow } from './moment'
import { useMay } from './session'

/** Tell whether the reader may change something here: by right, and only in the present. */
export function useMayChange(right: string): boolean {
  const may = useMay(right)
  return isNow(useMoment()) && may
}
