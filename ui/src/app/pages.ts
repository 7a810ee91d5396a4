import { mayOpen, type Page } from '../shared/page'

const modules = import.meta.glob<{ page: Page }>('../pages/*/page.tsx', { eager: true })

/** Every page, found by folder. */
export const PAGES: Page[] = Object.values(modules).map((module) => module.page)

/** The entries of the menu that a reader with these rights may open. */
export function menuFor(rights: readonly string[]): Page[] {
  return PAGES.filter((page) => page.menu && mayOpen(page.needs, rights)).toSorted(
    (one, other) => (one.menu?.order ?? 0) - (other.menu?.order ?? 0),
  )
}
