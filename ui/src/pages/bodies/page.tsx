import { ApartmentOutlined } from '@ant-design/icons'
import { lazy } from 'react'
import type { Page } from '../../shared/page'

export const page: Page = {
  path: '/bodies',
  title: 'pages.bodies',
  needs: 'firm:read',
  menu: { order: 65, icon: <ApartmentOutlined /> },
  body: lazy(() => import('./Bodies')),
}
