import { lazy } from 'react'
import type { Page } from '../../shared/page'

export const page: Page = {
  path: '/branches/$number',
  title: 'pages.branch',
  needs: 'firm:read',
  body: lazy(() => import('./Branch')),
}
