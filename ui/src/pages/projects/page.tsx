import { ProjectOutlined } from '@ant-design/icons'
import { lazy } from 'react'
import type { Page } from '../../shared/page'

export const page: Page = {
  path: '/projects',
  title: 'pages.projects',
  needs: 'project:read',
  menu: { order: 50, icon: <ProjectOutlined /> },
  body: lazy(() => import('./Projects')),
}
