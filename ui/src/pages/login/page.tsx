import { lazy } from 'react'
import type { Page } from '../../shared/page'

export const page: Page = { path: '/login', title: 'pages.login', isOpen: true, body: lazy(() => import('./Login')) }
