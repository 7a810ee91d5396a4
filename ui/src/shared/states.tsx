import { Button } from 'antd'
import { Component, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ProblemError } from '../api/problem'
import { Notice } from './Notice'

/** Says what went wrong, where, and the way out. */
export function ProblemNote({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation('shared')
  const problem = error instanceof ProblemError ? error : null
  const what = problem?.body.detail ?? t(problem?.status === 0 ? 'problem.unreached' : 'problem.page')
  const where = problem?.body.instance
  return (
    <Notice kind="error" title={what}>
      {where ? <div className="faint small">{t('problem.where', { where })}</div> : null}
      {problem?.body.errors?.map((found) => (
        <div key={`${found.where}${found.what}`} className="faint">
          {found.where}: {found.what}
        </div>
      ))}
      {onRetry ? (
        <div>
          <Button size="small" onClick={onRetry} style={{ marginTop: 8 }}>
            {t('problem.retry')}
          </Button>
        </div>
      ) : null}
    </Notice>
  )
}

/** Says what belongs here and offers what brings it. */
export function EmptyNote({ text, action }: { text: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty-note" role="status">
      <p>{text}</p>
      {action}
    </div>
  )
}

/** The shape of rows that are on their way. */
export function RowsComing({ rows = 6 }: { rows?: number }) {
  const { t } = useTranslation('shared')
  return (
    <div aria-busy="true" aria-label={t('loading')} role="status" className="rows-coming">
      <div className="coming">
        {Array.from({ length: rows }, (_, position) => (
          <span key={position} />
        ))}
      </div>
    </div>
  )
}

interface QueryLike<T> {
  data: T | undefined
  error: unknown
  isPending: boolean
  refetch: () => unknown
}

/** Draws what a query brought: its shape while it comes, its problem if it failed. */
export function Shown<T>({
  query,
  rows,
  children,
}: {
  query: QueryLike<T>
  rows?: number
  children: (data: T) => ReactNode
}) {
  if (query.data !== undefined) return children(query.data)
  if (query.error) return <ProblemNote error={query.error} onRetry={() => void query.refetch()} />
  return <RowsComing rows={rows} />
}

interface BoundaryProps {
  children: ReactNode
  /** A new value gives the children another try. */
  place: string
}

/** Keeps one broken page from breaking the frame. */
export class Boundary extends Component<BoundaryProps, { error: unknown }> {
  override state = { error: null as unknown }

  static getDerivedStateFromError(error: unknown) {
    return { error }
  }

  override componentDidUpdate(before: BoundaryProps) {
    if (before.place !== this.props.place && this.state.error) this.setState({ error: null })
  }

  override render() {
    if (!this.state.error) return this.props.children
    return (
      <div className="page">
        <ProblemNote error={this.state.error} onRetry={() => this.setState({ error: null })} />
      </div>
    )
  }
}
