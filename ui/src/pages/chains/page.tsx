import { ApartmentOutlined } from '@ant-design/icons'
import { lazy } from 'react'
import type { Page } from '../../shared/page'

export const page: Page = {
  path: '/chains',
  title: 'pages.chains',
  needs: 'chain:read',
  menu: { order: 20, icon: <ApartmentOutlined /> },
  body: lazy(() => import('./Chains')),
}
