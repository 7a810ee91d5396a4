import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { type Moment, readMoment } from './moment'

export type Search = Record<string, string | undefined>

/** Parameters that stay when one goes from page to page. */
export const KEPT = ['region', 'valid_at', 'known_at', 'branch'] as const

/** Read the query of an address as plain texts. */
export function parseSearch(text: string): Search {
  return Object.fromEntries(new URLSearchParams(text))
}

/** Write the query of an address; empty values are left out. */
export function writeSearch(search: Search): string {
  const pairs = Object.entries(search).filter(([, value]) => value !== undefined && value !== '')
  const text = new URLSearchParams(pairs as [string, string][]).toString()
  return text ? `?${text}` : ''
}

/** Keep only what follows the reader from page to page, and add what the new page asks. */
export function keptSearch(search: Search, more: Search = {}): Search {
  const kept = Object.fromEntries(KEPT.map((name) => [name, search[name]]))
  return { ...kept, ...more }
}

/** Return the query of the page, and a way to change parts of it. */
export function useAddress(): [Search, (patch: Search, replace?: boolean) => void] {
  const search = useSearch({ strict: false }) as Search
  const navigate = useNavigate()
  const patchSearch = useCallback(
    (patch: Search, replace = false) => {
      void navigate({
        to: '.',
        search: ((before: Search) => ({ ...before, ...patch })) as never,
        replace,
        resetScroll: false,
      })
    },
    [navigate],
  )
  return [search, patchSearch]
}

/** Return the moment and the branch the page is seen at. */
export function useMoment(): Moment {
  const [{ valid_at, known_at, branch }] = useAddress()
  return useMemo(() => readMoment({ valid_at, known_at, branch }), [valid_at, known_at, branch])
}
