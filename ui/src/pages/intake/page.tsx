import { ApiOutlined } from '@ant-design/icons'
import { lazy } from 'react'
import type { Page } from '../../shared/page'

export const page: Page = {
  path: '/intake',
  title: 'pages.intake',
  needs: ['import:write', 'system:write'],
  menu: { order: 65, icon: <ApiOutlined /> },
  body: lazy(() => import('./Intake')),
}
