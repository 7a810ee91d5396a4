import { SafetyCertificateOutlined } from '@ant-design/icons'
import { lazy } from 'react'
import type { Page } from '../../shared/page'

export const page: Page = {
  path: '/ledger',
  title: 'pages.ledger',
  needs: 'ledger:read',
  menu: { order: 75, icon: <SafetyCertificateOutlined /> },
  body: lazy(() => import('./Ledger')),
}
