import { ImportOutlined } from '@ant-design/icons'
import { lazy } from 'react'
import type { Page } from '../../shared/page'

export const page: Page = {
  path: '/imports',
  title: 'pages.imports',
  needs: 'import:write',
  menu: { order: 60, icon: <ImportOutlined /> },
  body: lazy(() => import('./Imports')),
}
