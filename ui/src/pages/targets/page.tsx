import { AimOutlined } from '@ant-design/icons'
import { lazy } from 'react'
import type { Page } from '../../shared/page'

export const page: Page = {
  path: '/targets',
  title: 'pages.targets',
  needs: 'target:read',
  menu: { order: 30, icon: <AimOutlined /> },
  body: lazy(() => import('./Targets')),
}
