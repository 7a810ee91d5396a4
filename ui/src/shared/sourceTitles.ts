import { useMemo } from 'react'
import { useRead } from './reading'
import { usePick } from './words'

/** Return a way to name a source in the reader's language. */
export function useSourceTitle(): (name: string) => string {
  const sources = useRead('/api/v1/sources')
  const pick = usePick()
  return useMemo(() => {
    const titles = new Map((sources.data?.items ?? []).map((source) => [source.name, source.title]))
    return (name) => pick(titles.get(name)) || name
  }, [sources.data, pick])
}
