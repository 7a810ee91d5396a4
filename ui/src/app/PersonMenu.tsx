import { UserOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Button, Popover } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client'
import { keptSearch, type Search } from '../shared/address'
import { answered } from '../shared/reading'
import { useMe } from '../shared/session'
import { comma, speak, useLanguage } from '../shared/words'

/** Who is logged in; language, password and the way out. */
export function PersonMenu() {
  const { t } = useTranslation('app')
  const me = useMe()
  const language = useLanguage()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [isOpen, setIsOpen] = useState(false)
  const other = language === 'zh' ? 'en' : 'zh'

  async function leave() {
    await answered(client.DELETE('/api/v1/session'))
    queries.clear()
    void navigate({ to: '/login' as never, search: {} as never })
  }

  function openAccount() {
    setIsOpen(false)
    void navigate({ to: '/account' as never, search: ((before: Search) => keptSearch(before)) as never })
  }

  return (
    <>
      <Button
        type="text"
        className="language"
        lang={other === 'zh' ? 'zh-CN' : 'en'}
        data-testid="language"
        onClick={() => void speak(other)}
      >
        {other === 'zh' ? '中文' : 'English'}
      </Button>
      <Popover
        open={isOpen}
        onOpenChange={setIsOpen}
        trigger="click"
        placement="bottomRight"
        content={
          <div className="person-menu">
            <div>
              {me.name}
              <div className="faint small">
                {me.roles.map((role) => t(`roles.${role}`, role)).join(comma())} · {me.place.name}
              </div>
            </div>
            <button type="button" data-testid="account-link" onClick={openAccount}>
              {t('account')}
            </button>
            <button type="button" onClick={() => void navigate({ to: '/login' as never, search: { change: '1' } as never })}>
              {t('changePassword')}
            </button>
            <button type="button" lang={other === 'zh' ? 'zh-CN' : 'en'} onClick={() => void speak(other)}>
              {other === 'zh' ? '中文' : 'English'}
            </button>
            <button type="button" data-testid="leave" onClick={() => void leave()}>
              {t('leave')}
            </button>
          </div>
        }
      >
        <Button type="text" icon={<UserOutlined />} aria-label={t('person', { name: me.name })} aria-expanded={isOpen} data-testid="person">
          <span className="wide-only">{me.name}</span>
        </Button>
      </Popover>
    </>
  )
}
