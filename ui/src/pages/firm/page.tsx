import { lazy } from 'react'
import type { Page } from '../../shared/page'

export const page: Page = {
  path: '/firms/$code',
  title: 'pages.firm',
  needs: 'firm:read',
  body: lazy(() => import('./Firm')),
}
