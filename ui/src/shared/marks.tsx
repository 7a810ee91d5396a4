import { Tag, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'

/** What is not known: hatched, with what would make it known. */
export function Unknown({ why }: { why?: string | null }) {
  const { t } = useTranslation('shared')
  const mark = (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the hint must be reachable by keyboard
    <span className="unknown" tabIndex={why ? 0 : undefined}>
      {t('unknown')}
    </span>
  )
  return why ? <Tooltip title={why}>{mark}</Tooltip> : mark
}

/** Marks an invented record. */
export function DemoTag({ demo }: { demo?: boolean | null }) {
  const { t } = useTranslation('shared')
  return demo ? <Tag className="mark mark-demo">{t('demo')}</Tag> : null
}

const BASIS_WORDS: Record<string, string> = {
  m: 'matched',
  r: 'recalled',
  o: 'reported',
  d: 'derived',
  x: 'demo',
  j: 'ruled',
}

/** Return the word of a basis, whichever way the server writes it. */
export function basisWord(basis: string): string {
  return BASIS_WORDS[basis] ?? basis.toLowerCase()
}

/** Says what a fact rests on: 已核, 待核, 示例 … */
export function BasisTag({ basis }: { basis: string | null | undefined }) {
  const { t } = useTranslation('shared')
  if (!basis) return null
  const word = basisWord(basis)
  return <Tag className={`mark mark-${word}`}>{t(`basis.${word}`)}</Tag>
}

/** Marks what may be evaluated only and never leaves in an export. */
export function EvaluationOnlyTag({ isSo }: { isSo?: boolean | null }) {
  const { t } = useTranslation('shared')
  return isSo ? (
    <Tooltip title={t('evaluationOnlyHint')}>
      <Tag className="mark mark-evaluation">{t('evaluationOnly')}</Tag>
    </Tooltip>
  ) : null
}
