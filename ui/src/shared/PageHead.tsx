import { type ReactNode, useEffect } from 'react'
import { useTranslation } from 'react-i18next'

/** The head of a page: its name, what it tells in a line, and what one may do. */
export function PageHead({ title, says, actions }: { title: ReactNode; says?: ReactNode; actions?: ReactNode }) {
  const { t } = useTranslation('shared')
  useEffect(() => {
    if (typeof title === 'string') document.title = `${title} · ${t('product')}`
  }, [title, t])
  return (
    <header className="page-head">
      <div className="page-head-text">
        <h1>{title}</h1>
        {says ? <div className="page-says">{says}</div> : null}
      </div>
      {actions ? <div className="page-actions">{actions}</div> : null}
    </header>
  )
}

/** A titled part of a page. */
export function Panel({
  title,
  extra,
  children,
  className,
  testId,
}: {
  title: ReactNode
  extra?: ReactNode
  children: ReactNode
  className?: string
  testId?: string
}) {
  return (
    <section className={`panel ${className ?? ''}`} data-testid={testId}>
      <div className="panel-head">
        <h2>{title}</h2>
        {extra ? <div className="panel-extra">{extra}</div> : null}
      </div>
      {children}
    </section>
  )
}
