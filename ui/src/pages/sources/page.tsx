import { DatabaseOutlined } from '@ant-design/icons'
import { lazy } from 'react'
import type { Page } from '../../shared/page'

export const page: Page = {
  path: '/sources',
  title: 'pages.sources',
  needs: 'firm:read',
  menu: { order: 70, icon: <DatabaseOutlined /> },
  body: lazy(() => import('./Sources')),
}
