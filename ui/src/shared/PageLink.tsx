import { Link } from '@tanstack/react-router'
import type { ComponentProps, ReactNode } from 'react'
import { keptSearch, type Search } from './address'

/** A link to another page that keeps region and moment. */
export function PageLink({
  to,
  search,
  children,
  ...rest
}: { to: string; search?: Search; children: ReactNode } & Omit<
  ComponentProps<'a'>,
  'href' | 'children'
>) {
  return (
    <Link
      to={to as never}
      search={((before: Search) => keptSearch(before, search)) as never}
      {...(rest as object)}
    >
      {children}
    </Link>
  )
}
