import type { ComponentType, LazyExoticComponent, ReactNode } from 'react'

/** What a folder under pages/ exports: menu, route and right come from here. */
export interface Page {
  path: string
  /** Key of the title in the words. */
  title: string
  /** The right a reader must hold; none: everyone who is logged in. */
  needs?: string
  /** Place in the menu; absent: not in the menu. */
  menu?: { order: number; icon: ReactNode }
  /** Drawn without the frame and without log-in. */
  isOpen?: boolean
  body: ComponentType | LazyExoticComponent<ComponentType>
}
