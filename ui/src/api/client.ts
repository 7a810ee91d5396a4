import createClient from 'openapi-fetch'
import type { paths } from './schema'

/** What an answer of the server was asked with: moment and language. */
export interface Asked {
  branch?: string
  valid_at?: string
  known_at?: string
}

let language: 'zh' | 'en' = 'zh'

/** Set the language in which the server answers. */
export function speakTo(next: 'zh' | 'en'): void {
  language = next
}

export const client = createClient<paths>({ baseUrl: '', credentials: 'same-origin' })

// What is done on a page seen in a branch is done in that branch; these are about no branch.
const OUTSIDE = /^\/api\/v1\/(branches|session|accounts|subscriptions)(\/|$)/

/** Return the address of a write: in the branch that the page is seen in. */
export function addressOfWrite(path: string, pageSearch: string = window.location.search): string {
  const branch = new URLSearchParams(pageSearch).get('branch')
  const url = new URL(path, window.location.origin)
  if (branch && !OUTSIDE.test(url.pathname)) url.searchParams.set('branch', branch)
  return url.toString()
}

client.use({
  async onRequest({ request }) {
    request.headers.set('Accept-Language', language)
    if (request.method === 'GET') return request
    const address = addressOfWrite(request.url)
    if (address === request.url) return request
    const { method, headers, credentials, signal } = request
    // A body handed on as a stream travels over HTTP/2 only.
    const body = request.body ? await request.arrayBuffer() : undefined
    return new Request(address, { method, headers, credentials, signal, body })
  },
})

export type { paths, components } from './schema'
