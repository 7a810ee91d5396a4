import { BankOutlined } from '@ant-design/icons'
import { lazy } from 'react'
import type { Page } from '../../shared/page'

export const page: Page = {
  path: '/firms',
  title: 'pages.firms',
  needs: 'firm:read',
  menu: { order: 40, icon: <BankOutlined /> },
  body: lazy(() => import('./Firms')),
}
