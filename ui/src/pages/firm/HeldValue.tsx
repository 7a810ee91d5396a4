import { Evidence } from '../../shared/Figure'
import { FactValue } from '../../shared/FactCard'
import { REGIONS, useRegionName } from '../../shared/regionNames'
import { asShown } from '../../shared/showing'
import { usePick } from '../../shared/words'
import type { Attribute, FirmData } from './Firm'
import { heldText, type Held, refOf } from './held'

/** A value that opens to the fact it rests on. */
export function HeldValue({ firm, attribute, held }: { firm: FirmData; attribute: Attribute; held: Held }) {
  const pick = usePick()
  const nameOf = useRegionName()
  const text = heldText(held)
  const place = REGIONS.has(attribute.name) ? nameOf(text) : null
  return (
    <Evidence
      title={pick(attribute.title)}
      figure={{
        ...asShown({ text: { zh: text, en: text }, facts: [refOf(firm.code, attribute, held)], asOf: firm.valid_at }),
        basis: held.basis,
      }}
    >
      {place ? <span title={text}>{place}</span> : <FactValue fact={{ ...held, unit: held.unit ?? attribute.unit }} />}
    </Evidence>
  )
}
