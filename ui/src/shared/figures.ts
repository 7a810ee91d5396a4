/** How numbers are written: Chinese money units, plain separators, never a guess for unknown. */
export type Language = 'zh' | 'en'

const WAN_PER_YI = 10_000

function plain(value: number, digits: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: digits })
}

/** Write an amount given in 万元: from 10,000 万元 on as 亿元. */
export function writeWan(wan: number | null | undefined, language: Language): string | null {
  if (wan === null || wan === undefined) return null
  const isYi = Math.abs(wan) >= WAN_PER_YI
  const value = plain(isYi ? wan / WAN_PER_YI : wan, isYi ? 2 : 0)
  if (language === 'zh') return `${value} ${isYi ? '亿元' : '万元'}`
  return isYi ? `CNY ${plain(wan / 100, 0)} m` : `CNY ${plain(wan * 10, 0)} k`
}

/** Write a number with its unit; money given in 万元 grows into 亿元. Null stays null. */
export function writeNumber(
  value: number | null | undefined,
  unit: string | null | undefined,
  language: Language,
): string | null {
  if (value === null || value === undefined) return null
  if (unit === '万元') return writeWan(value, language)
  if (unit === '%') return `${plain(value, 1)}%`
  const digits = Number.isInteger(value) ? 0 : Math.abs(value) >= 100 ? 1 : 2
  return unit ? `${plain(value, digits)} ${unit}` : plain(value, digits)
}

/** Write a change with the sign the reader knows: ▲ rise, ▼ fall. */
export function writeChange(before: number, after: number): string {
  const change = after - before
  if (change === 0) return '—'
  return `${change > 0 ? '▲' : '▼'}${plain(Math.abs(change), 2)}`
}

/** Write a share of one as a percentage. */
export function writeShare(share: number | null | undefined): string | null {
  return share === null || share === undefined ? null : `${plain(share * 100, 0)}%`
}

/** Write the size of a file. */
export function writeBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 1024 * 1024) return `${plain(bytes / 1024, 1)} KB`
  return `${plain(bytes / 1024 / 1024, 1)} MB`
}

/** Write an instant as local time in China; a bare day stays a day. */
export function writeInstant(text: string | null | undefined): string | null {
  if (!text) return null
  if (text.length <= 10) return text
  const parts = new Intl.DateTimeFormat('sv-SE', {
    timeZone: 'Asia/Shanghai',
    dateStyle: 'short',
    timeStyle: 'short',
  })
  const at = new Date(text)
  return Number.isNaN(at.getTime()) ? text : parts.format(at)
}

/** Write only the day of an instant, in China; the precision shortens it. */
export function writeDay(text: string | null | undefined, precision?: string | null): string | null {
  if (!text || precision === 'u') return null
  const day =
    text.length <= 10
      ? text
      : new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(new Date(text))
  if (precision === 'y') return day.slice(0, 4)
  if (precision === 'm') return day.slice(0, 7)
  return day
}
