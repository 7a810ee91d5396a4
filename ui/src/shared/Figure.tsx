import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { type Shown, useEvidence } from './evidence'
import { writeNumber } from './figures'
import { Unknown } from './marks'
import { useLanguage, usePick } from './words'

/** Opens the evidence behind what it wraps: dotted underline, click or Enter. */
export function Evidence({
  title,
  figure,
  children,
  className,
}: {
  title: string
  figure: Shown
  children: ReactNode
  className?: string
}) {
  const { t } = useTranslation('shared')
  const open = useEvidence()
  return (
    <button
      type="button"
      className={`evidence ${className ?? ''}`}
      title={t('evidence.hint')}
      data-testid="figure"
      onClick={(event) => {
        event.stopPropagation()
        open({ title, figure })
      }}
    >
      {children}
    </button>
  )
}

/** A figure that opens to its formula, facts, source and time. */
export function Figure({
  title,
  figure,
  isBare,
  className,
}: {
  title: string
  figure: Shown | null | undefined
  /** Without unit: the unit stands in the head of the table. */
  isBare?: boolean
  className?: string
}) {
  const language = useLanguage()
  const pick = usePick()
  if (!figure) return <Unknown />
  const written = writeNumber(figure.value, isBare ? null : figure.unit, language)
  return (
    <Evidence title={title} figure={figure} className={className}>
      {written ?? (pick(figure.text) || <Unknown />)}
    </Evidence>
  )
}
