import { CrownOutlined } from '@ant-design/icons'
import { lazy } from 'react'
import type { Page } from '../../shared/page'

export const page: Page = {
  path: '/anchors',
  title: 'pages.anchors',
  needs: 'target:read',
  menu: { order: 28, icon: <CrownOutlined /> },
  body: lazy(() => import('./Anchors')),
}
