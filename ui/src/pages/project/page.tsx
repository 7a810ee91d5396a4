import { lazy } from 'react'
import type { Page } from '../../shared/page'

export const page: Page = {
  path: '/projects/$code',
  title: 'pages.project',
  needs: 'project:read',
  body: lazy(() => import('./Project')),
}
