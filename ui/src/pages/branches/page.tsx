import { BranchesOutlined } from '@ant-design/icons'
import { lazy } from 'react'
import type { Page } from '../../shared/page'

export const page: Page = {
  path: '/branches',
  title: 'pages.branches',
  needs: 'firm:read',
  menu: { order: 62, icon: <BranchesOutlined /> },
  body: lazy(() => import('./Branches')),
}
