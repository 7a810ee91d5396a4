import { lazy } from 'react'
import type { Page } from '../../shared/page'

export const page: Page = {
  path: '/bodies/$code',
  title: 'pages.body',
  needs: 'firm:read',
  body: lazy(() => import('./Body')),
}
