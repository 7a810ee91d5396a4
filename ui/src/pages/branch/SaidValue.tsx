import { useTranslation } from 'react-i18next'
import type { Difference } from '../../shared/branching'
import { writeNumber } from '../../shared/figures'
import { REGIONS, useRegionName } from '../../shared/regionNames'
import { useLanguage } from '../../shared/words'

type Value = Difference['steps'][number]['before']

/** A value as a source states it; where nothing is held, that is said. */
export function SaidValue({ value, attribute }: { value: Value; attribute: string }) {
  const { t } = useTranslation('branch')
  const language = useLanguage()
  const nameOf = useRegionName()
  if (value === null) return <span className="faint">{t('nothing')}</span>
  if (REGIONS.has(attribute) && typeof value.value === 'string') return <span title={value.value}>{nameOf(value.value)}</span>
  return <span>{written(value, language) || <span className="faint">{t('nothing')}</span>}</span>
}

function written(value: NonNullable<Value>, language: 'zh' | 'en'): string {
  const said = plain(value, language)
  if (!value.ref) return said
  return said ? `${value.ref.name} · ${said}` : value.ref.name
}

function plain({ value, unit }: NonNullable<Value>, language: 'zh' | 'en'): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string' && value !== '' && unit && !Number.isNaN(Number(value))) {
    return writeNumber(Number(value), unit, language) ?? value
  }
  if (typeof value !== 'string') return JSON.stringify(value)
  return value.startsWith('{') ? fromData(value) : value
}

/** A ruling carries what was ruled and why as data; of other data the reason is what people read. */
function fromData(text: string): string {
  try {
    const data = JSON.parse(text) as Record<string, unknown>
    return typeof data.reason === 'string' ? data.reason : text
  } catch {
    return text
  }
}
