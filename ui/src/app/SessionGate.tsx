import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useLocation } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import { ProblemError } from '../api/problem'
import { listenForChanges } from '../shared/events'
import { read } from '../shared/reading'
import { SessionContext } from '../shared/session'
import { ProblemNote, RowsComing } from '../shared/states'
import { GoTo } from './GoTo'

const READS_AT_MOST_EVERY = 1000

/** Finds out who is logged in; leads to the log-in page those who are not. */
export function SessionGate({ children }: { children: ReactNode }) {
  const location = useLocation()
  const session = useQuery({ queryKey: ['session'], queryFn: () => read('/api/v1/session'), staleTime: Infinity })
  const { error } = session
  if (error instanceof ProblemError && error.status === 401) {
    return <GoTo path="/login" search={{ from: location.href }} />
  }
  if (session.data?.must_change) {
    return <GoTo path="/login" search={{ from: location.href, change: '1' }} />
  }
  if (error) {
    return (
      <main className="alone">
        <ProblemNote error={error} onRetry={() => void session.refetch()} />
      </main>
    )
  }
  if (!session.data) {
    return (
      <main className="alone">
        <RowsComing />
      </main>
    )
  }
  return (
    <SessionContext.Provider value={session.data}>
      <Freshness />
      {children}
    </SessionContext.Provider>
  )
}

/** Reads what is on screen again when the server tells of a change; leaves when the session ended. */
function Freshness() {
  const queries = useQueryClient()
  useEffect(() => {
    let waiting: ReturnType<typeof setTimeout> | undefined
    const stop = listenForChanges(() => {
      waiting ??= setTimeout(() => {
        waiting = undefined
        void queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'session' })
      }, READS_AT_MOST_EVERY)
    })
    const unwatch = queries.getQueryCache().subscribe((event) => {
      const found = event.type === 'updated' ? event.query.state.error : null
      const isSession = event.query.queryKey[0] === 'session'
      if (!isSession && found instanceof ProblemError && found.status === 401) {
        void queries.resetQueries({ queryKey: ['session'] })
      }
    })
    return () => {
      clearTimeout(waiting)
      stop()
      unwatch()
    }
  }, [queries])
  return null
}
