import { CompassOutlined } from '@ant-design/icons'
import { lazy } from 'react'
import type { Page } from '../../shared/page'

export const page: Page = {
  path: '/directions',
  title: 'pages.directions',
  needs: 'chain:read',
  menu: { order: 25, icon: <CompassOutlined /> },
  body: lazy(() => import('./Directions')),
}
