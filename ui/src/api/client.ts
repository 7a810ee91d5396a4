import createClient from 'openapi-fetch'
import type { paths } from './schema'

/** What an answer of the server was asked with: moment and language. */
export interface Asked {
  valid_at?: string
  known_at?: string
}

let language: 'zh' | 'en' = 'zh'

/** Set the language in which the server answers. */
export function speakTo(next: 'zh' | 'en'): void {
  language = next
}

export const client = createClient<paths>({ baseUrl: '', credentials: 'same-origin' })

client.use({
  onRequest({ request }) {
    request.headers.set('Accept-Language', language)
    return request
  },
})

export type { paths, components } from './schema'
