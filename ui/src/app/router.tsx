import { type AnyRoute, createRootRoute, createRoute, createRouter, Outlet } from '@tanstack/react-router'
import { Suspense } from 'react'
import { parseSearch, type Search, writeSearch } from '../shared/address'
import type { Page } from '../shared/page'
import { RowsComing } from '../shared/states'
import { Frame } from './Frame'
import { Needs, NoSuchPage } from './gates'
import { PAGES } from './pages'
import { SessionGate } from './SessionGate'

function bodyOf(page: Page) {
  return function PageBody() {
    return (
      <Suspense fallback={<div className="page"><RowsComing rows={8} /></div>}>
        {page.isOpen ? <page.body /> : <Needs needs={page.needs}><page.body /></Needs>}
      </Suspense>
    )
  }
}

function Framed() {
  return (
    <SessionGate>
      <Frame>
        <Outlet />
      </Frame>
    </SessionGate>
  )
}

/** Make the router out of the pages found. */
export function makeRouter() {
  const root = createRootRoute({ validateSearch: (search: Record<string, unknown>) => search as Search })
  const framed = createRoute({
    getParentRoute: () => root,
    id: 'framed',
    component: Framed,
    notFoundComponent: NoSuchPage,
  })
  const routes = (parent: () => never, pages: Page[]) =>
    pages.map((page) =>
      createRoute({ getParentRoute: parent, path: page.path, component: bodyOf(page) } as never),
    )
  const open = routes(() => root as never, PAGES.filter((page) => page.isOpen))
  const closed = routes(() => framed as never, PAGES.filter((page) => !page.isOpen))
  const lost = createRoute({ getParentRoute: () => framed, path: '$', component: NoSuchPage })
  framed.addChildren([...closed, lost] as never)
  root.addChildren([...open, framed] as never)
  return createRouter({
    routeTree: root as unknown as AnyRoute,
    parseSearch: (text) => parseSearch(text),
    stringifySearch: (search) => writeSearch(search as Search),
    defaultPreload: false,
    scrollRestoration: true,
  })
}
