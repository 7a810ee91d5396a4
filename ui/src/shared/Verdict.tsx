import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { asVerdict, VERDICT_COLOUR, type VerdictName } from './verdict'

function Shape({ name, hatch }: { name: VerdictName; hatch: string }) {
  const colour = VERDICT_COLOUR[name]
  switch (name) {
    case 'missing':
      return <path d="M8 1.8 14.2 8 8 14.2 1.8 8Z" fill="none" stroke={colour} strokeWidth="2" />
    case 'choke':
      return <rect x="1.5" y="5.5" width="13" height="5" fill={colour} />
    case 'weak':
      return (
        <>
          <circle cx="8" cy="8" r="6" fill="none" stroke={colour} strokeWidth="1.6" />
          <path d="M8 2a6 6 0 0 0 0 12Z" fill={colour} />
        </>
      )
    case 'steady':
      return <circle cx="8" cy="8" r="4.2" fill="none" stroke={colour} strokeWidth="2.4" />
    case 'strong':
      return <circle cx="8" cy="8" r="6.4" fill={colour} />
    default:
      return (
        <>
          <pattern id={hatch} width="3.2" height="3.2" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width="3.2" height="3.2" fill="#fff" />
            <rect width="1.3" height="3.2" fill={colour} />
          </pattern>
          <rect x="2" y="2" width="12" height="12" fill={`url(#${hatch})`} stroke={colour} />
        </>
      )
  }
}

/** Draw a verdict: shape, word and colour. */
export function Verdict({ name, isBare }: { name: string | null | undefined; isBare?: boolean }) {
  const { t } = useTranslation('shared')
  const hatch = useId()
  const verdict = asVerdict(name)
  const word = t(`verdict.${verdict}`)
  return (
    <span className={`verdict verdict-${verdict}`} data-verdict={verdict}>
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden={!isBare} role={isBare ? 'img' : undefined} aria-label={isBare ? word : undefined}>
        <Shape name={verdict} hatch={hatch} />
      </svg>
      {isBare ? null : <span>{word}</span>}
    </span>
  )
}
