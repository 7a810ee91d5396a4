import { SettingOutlined } from '@ant-design/icons'
import { lazy } from 'react'
import type { Page } from '../../shared/page'

export const page: Page = {
  path: '/system',
  title: 'pages.system',
  needs: ['account:write', 'audit:read', 'system:write', 'archive:write', 'subscription:write'],
  menu: { order: 90, icon: <SettingOutlined /> },
  body: lazy(() => import('./System')),
}
