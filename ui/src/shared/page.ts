import type { ComponentType, LazyExoticComponent, ReactNode } from 'react'

/** What a folder under pages/ exports: menu, route and right come from here. */
export interface Page {
  path: string
  /** Key of the title in the words. */
  title: string
  /** The right a reader must hold, or one of several; none: everyone who is logged in. */
  needs?: string | readonly string[]
  /** Place in the menu; absent: not in the menu. */
  menu?: { order: number; icon: ReactNode }
  /** Drawn without the frame and without log-in. */
  isOpen?: boolean
  body: ComponentType | LazyExoticComponent<ComponentType>
}

/** Tell whether a reader with these rights may open a page. */
export function mayOpen(needs: Page['needs'], rights: readonly string[]): boolean {
  if (!needs) return true
  return typeof needs === 'string' ? rights.includes(needs) : needs.some((right) => rights.includes(right))
}
