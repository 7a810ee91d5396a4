import { lazy } from 'react'
import type { Page } from '../../shared/page'

export const page: Page = {
  path: '/account',
  title: 'pages.account',
  body: lazy(() => import('./Account')),
}
