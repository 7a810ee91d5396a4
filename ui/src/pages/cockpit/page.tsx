import { DashboardOutlined } from '@ant-design/icons'
import { lazy } from 'react'
import type { Page } from '../../shared/page'

export const page: Page = {
  path: '/',
  title: 'pages.cockpit',
  needs: 'chain:read',
  menu: { order: 10, icon: <DashboardOutlined /> },
  body: lazy(() => import('./Cockpit')),
}
