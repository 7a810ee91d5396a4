/** An error for a person to read, as the server states it (RFC 9457). */
export interface ProblemBody {
  status: number
  title?: string
  detail?: string
  instance?: string
  errors?: { where: string; what: string }[]
  [key: string]: unknown
}

/** Thrown by every call that fails; `status` 0 means that the server was not reached. */
export class ProblemError extends Error {
  readonly status: number
  readonly body: ProblemBody

  constructor(body: ProblemBody) {
    super(body.detail ?? body.title ?? String(body.status))
    this.name = 'ProblemError'
    this.status = body.status
    this.body = body
  }
}

/** Read the problem out of any failed answer. */
export function asProblem(status: number, body: unknown): ProblemError {
  if (body && typeof body === 'object') {
    return new ProblemError({ ...(body as object), status } as ProblemBody)
  }
  const detail = typeof body === 'string' && body.length < 300 ? body : undefined
  return new ProblemError({ status, detail })
}
