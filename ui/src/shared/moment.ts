/** Where a page is seen from: a missing day means now, a missing branch the main line. Days are calendar days in China. */
export interface Moment {
  validAt?: string
  knownAt?: string
  branch?: string
}

export const NOW: Moment = {}
/** The present of the main line, whatever branch the page is in. */
export const MAIN_NOW: Moment = { branch: undefined }

const BRANCH = /^[1-9]\d{0,9}$/
const DAY = /^\d{4}-\d{2}-\d{2}$/

/** Tell whether a text is a calendar day that exists. */
export function isDay(text: unknown): text is string {
  if (typeof text !== 'string' || !DAY.test(text)) return false
  const at = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text)
}

/** Read moment and branch from the address; what is neither day nor number is left out. */
export function readMoment(search: Record<string, unknown>): Moment {
  const moment: Moment = {}
  if (isDay(search.valid_at)) moment.validAt = search.valid_at
  if (isDay(search.known_at)) moment.knownAt = search.known_at
  if (typeof search.branch === 'string' && BRANCH.test(search.branch)) moment.branch = search.branch
  return moment
}

export function isNow(moment: Moment): boolean {
  return !moment.validAt && !moment.knownAt
}

/** Return the query parameters that ask the server for a moment and a branch. */
export function momentParams(moment: Moment): { valid_at?: string; known_at?: string; branch?: string } {
  return {
    ...(moment.branch ? { branch: moment.branch } : {}),
    ...(moment.validAt ? { valid_at: moment.validAt } : {}),
    ...(moment.knownAt ? { known_at: moment.knownAt } : {}),
  }
}

/** Return today as a calendar day in China. */
export function today(now: Date = new Date()): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(now)
}

/** Return the day some days before another. */
export function daysBefore(day: string, days: number): string {
  const at = new Date(`${day}T00:00:00Z`)
  at.setUTCDate(at.getUTCDate() - days)
  return at.toISOString().slice(0, 10)
}
