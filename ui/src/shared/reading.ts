import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { UseQueryResult } from '@tanstack/react-query'
import { client, type paths } from '../api/client'
import { asProblem, ProblemError } from '../api/problem'
import { useMoment } from './address'
import { isNow, type Moment, momentParams, NOW } from './moment'
import { useLanguage } from './words'

type GetPath = { [P in keyof paths]: paths[P] extends { get: object } ? P : never }[keyof paths]
type Ok<O> = O extends { responses: { 200: { content: { 'application/json': infer T } } } }
  ? T
  : never
/** What a read of a path answers. */
export type Answer<P extends GetPath> = paths[P] extends { get: infer O } ? Ok<O> : never
type Query<P extends GetPath> = paths[P] extends {
  get: { parameters: { query?: infer Q } }
}
  ? Omit<NonNullable<Q>, 'valid_at' | 'known_at' | 'branch'>
  : never
type Path<P extends GetPath> = paths[P] extends { get: { parameters: { path: infer X } } } ? X : never
/** The parameters of a path and its query. */
export interface Params<P extends GetPath> {
  path?: Path<P>
  query?: Query<P>
}

interface Loose {
  GET: (path: string, init: object) => Promise<{ data?: unknown; error?: unknown; response: Response }>
}

/** Read a path of the server; raise ProblemError when it cannot. */
export async function read<P extends GetPath>(
  path: P,
  params: Params<P> = {},
  moment: Moment = NOW,
  signal?: AbortSignal,
): Promise<Answer<P>> {
  const asked = {
    params: { path: params.path, query: { ...(params.query as object), ...momentParams(moment) } },
    signal,
  }
  const { data, error, response } = await (client as unknown as Loose)
    .GET(path, asked)
    .catch((reason: unknown) => {
      if (reason instanceof DOMException) throw reason
      throw new ProblemError({ status: 0 })
    })
  if (!response.ok) throw asProblem(response.status, error)
  return data as Answer<P>
}

interface Options {
  enabled?: boolean
  /** Keep the last answer on screen while the next one comes. */
  keep?: boolean
  /** Another moment than the page's; in the page's branch unless it names one itself. */
  at?: Moment
}

/** Read a path at the moment of the page; reads again when something changes. */
export function useRead<P extends GetPath>(
  path: P,
  params: Params<P> = {},
  options: Options = {},
): UseQueryResult<Answer<P>, Error> {
  const ofPage = useMoment()
  const moment = { branch: ofPage.branch, ...(options.at ?? ofPage) }
  const language = useLanguage()
  return useQuery<Answer<P>, Error>({
    queryKey: [path, params, moment, language],
    queryFn: ({ signal }) => read(path, params, moment, signal),
    enabled: options.enabled ?? true,
    placeholderData: options.keep ? (keepPreviousData as never) : undefined,
  })
}

interface Told {
  data?: unknown
  error?: unknown
  response: Response
}

/** Return the answer of a call, or raise the problem it states. */
export async function answered<T extends Told>(call: Promise<T>): Promise<NonNullable<T['data']>> {
  const told = await call.catch(() => {
    throw new ProblemError({ status: 0 })
  })
  if (!told.response.ok) throw asProblem(told.response.status, told.error)
  return told.data as NonNullable<T['data']>
}

/** Run something that changes the twin, then read everything on screen again. */
export function useChange<I, O>(run: (input: I) => Promise<O>, onDone?: (output: O) => void) {
  const queries = useQueryClient()
  return useMutation<O, Error, I>({
    mutationFn: run,
    onSuccess: (output) => {
      void queries.invalidateQueries()
      onDone?.(output)
    },
  })
}

/** Return the way to show an answer at once as what a path reads now, before it is read again. */
export function useShowNow<P extends GetPath>(path: P): (isIt: (held: Answer<P>) => boolean, answer: Answer<P>) => void {
  const queries = useQueryClient()
  const { branch } = useMoment()
  return (isIt, answer) => {
    queries.setQueriesData<Answer<P>>(
      {
        predicate: ({ queryKey }) => {
          const moment = (queryKey[2] ?? NOW) as Moment
          return queryKey[0] === path && isNow(moment) && moment.branch === branch
        },
      },
      (held) => (held && isIt(held) ? answer : held),
    )
  }
}
