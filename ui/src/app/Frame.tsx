import { MenuOutlined } from '@ant-design/icons'
import { useLocation } from '@tanstack/react-router'
import { Button, Drawer } from 'antd'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMoment } from '../shared/address'
import { EvidenceRoom } from '../shared/EvidenceDrawer'
import { isNow } from '../shared/moment'
import { PageLink } from '../shared/PageLink'
import { useMe } from '../shared/session'
import { Boundary } from '../shared/states'
import { BranchChooser } from './BranchChooser'
import { menuFor } from './pages'
import { PersonMenu } from './PersonMenu'
import { PlacePicker } from './PlacePicker'
import { SearchBox } from './SearchBox'
import { TimeBar } from './TimeBar'

/** Menu on the left, place, search, time and person on top, the page in the middle. */
export function Frame({ children }: { children: ReactNode }) {
  const { t } = useTranslation('app')
  const location = useLocation()
  const moment = useMoment()
  const isPast = !isNow(moment)
  const tints = [isPast ? 'past' : '', moment.branch ? 'branched' : ''].filter(Boolean).join(' ')
  const [isMenuOpen, setIsMenuOpen] = useState(false)
  return (
    <EvidenceRoom>
      <a className="skip" href="#content">
        {t('skip')}
      </a>
      <div className={`frame ${tints}`} data-testid="frame" data-moment={isPast ? 'past' : 'now'} data-branch={moment.branch}>
        <aside className="frame-side">
          <Brand />
          <Menu />
        </aside>
        <header className="frame-top">
          <Button
            className="menu-button"
            type="text"
            icon={<MenuOutlined />}
            aria-label={t('menu')}
            onClick={() => setIsMenuOpen(true)}
          />
          <PlacePicker />
          <SearchBox />
          <TimeBar />
          <BranchChooser />
          <PersonMenu />
        </header>
        <main className="frame-main" id="content" tabIndex={-1}>
          <Boundary place={location.pathname}>{children}</Boundary>
        </main>
      </div>
      <Drawer
        open={isMenuOpen}
        placement="left"
        size={248}
        onClose={() => setIsMenuOpen(false)}
        title={<Brand />}
        closable={{ 'aria-label': t('close') }}
      >
        <Menu onGo={() => setIsMenuOpen(false)} />
      </Drawer>
    </EvidenceRoom>
  )
}

function Brand() {
  const { t } = useTranslation('shared')
  return (
    <div className="brand">
      <img src="/mark.svg" alt="" width={24} height={24} />
      <span>{t('product')}</span>
    </div>
  )
}

function Menu({ onGo }: { onGo?: () => void }) {
  const { t } = useTranslation('app')
  const me = useMe()
  return (
    <nav aria-label={t('menu')} className="menu">
      <ul>
        {menuFor(me.rights).map((page) => (
          <li key={page.path}>
            <PageLink to={page.path} onClick={onGo} data-testid={`menu-${page.title.split('.').at(-1)}`}>
              <span aria-hidden className="menu-icon">
                {page.menu?.icon}
              </span>
              {t(page.title)}
            </PageLink>
          </li>
        ))}
      </ul>
    </nav>
  )
}
