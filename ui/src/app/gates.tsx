import { useLocation } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { ReactNode } from 'react'
import { PageHead } from '../shared/PageHead'
import { mayOpen, type Page } from '../shared/page'
import { PageLink } from '../shared/PageLink'
import { useMe } from '../shared/session'
import { EmptyNote } from '../shared/states'
import { GoTo } from './GoTo'
import { menuFor } from './pages'

/** Lets only those in who hold the right; tells the others what they may open. */
export function Needs({ needs, children }: { needs: Page['needs']; children: ReactNode }) {
  const { t } = useTranslation('app')
  const me = useMe()
  const location = useLocation()
  if (mayOpen(needs, me.rights)) return children
  const first = menuFor(me.rights)[0]
  if (location.pathname === '/' && first) return <GoTo path={first.path} />
  const right = typeof needs === 'string' ? needs : (needs?.[0] ?? '')
  return (
    <div className="page">
      <PageHead title={t('noRight.title')} says={t('noRight.says', { right: t(`rights.${right.replace(':', '_')}`, right) })} />
      <ul className="plain-list">
        {menuFor(me.rights).map((page) => (
          <li key={page.path}>
            <PageLink to={page.path}>{t(page.title)}</PageLink>
          </li>
        ))}
      </ul>
    </div>
  )
}

export function NoSuchPage() {
  const { t } = useTranslation('app')
  return (
    <div className="page">
      <PageHead title={t('noPage.title')} />
      <EmptyNote text={t('noPage.says')} action={<PageLink to="/">{t('noPage.home')}</PageLink>} />
    </div>
  )
}
