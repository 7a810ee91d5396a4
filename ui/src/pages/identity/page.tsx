import { MergeCellsOutlined } from '@ant-design/icons'
import { lazy } from 'react'
import type { Page } from '../../shared/page'

export const page: Page = {
  path: '/identity',
  title: 'pages.identity',
  needs: 'firm:read',
  menu: { order: 65, icon: <MergeCellsOutlined /> },
  body: lazy(() => import('./Identity')),
}
