import type { ReactNode } from 'react'

/** A framed note: something went wrong, needs care, is worth knowing, or was done. */
export function Notice({
  kind,
  title,
  children,
  action,
}: {
  kind: 'error' | 'warning' | 'info' | 'success'
  title: ReactNode
  children?: ReactNode
  action?: ReactNode
}) {
  return (
    <div className={`alert alert-${kind}`} role={kind === 'error' ? 'alert' : 'note'}>
      <div className="alert-body">
        <strong>{title}</strong>
        {children ? <div>{children}</div> : null}
      </div>
      {action}
    </div>
  )
}
