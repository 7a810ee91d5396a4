import { UserOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Button, Dropdown } from 'antd'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client'
import { answered } from '../shared/reading'
import { useMe } from '../shared/session'
import { speak, useLanguage } from '../shared/words'

/** Who is logged in; language, password and the way out. */
export function PersonMenu() {
  const { t } = useTranslation('app')
  const me = useMe()
  const language = useLanguage()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const other = language === 'zh' ? 'en' : 'zh'

  async function leave() {
    await answered(client.DELETE('/api/v1/session'))
    queries.clear()
    void navigate({ to: '/login' as never, search: {} as never })
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
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            {
              key: 'who',
              disabled: true,
              label: (
                <>
                  {me.name}
                  <div className="faint">
                    {me.roles.map((role) => t(`roles.${role}`, role)).join('、')} · {me.place.name}
                  </div>
                </>
              ),
            },
            { type: 'divider' },
            { key: 'password', label: t('changePassword') },
            { key: 'language', label: other === 'zh' ? '中文' : 'English' },
            { key: 'leave', label: t('leave') },
          ],
          onClick: ({ key }) => {
            if (key === 'leave') void leave()
            if (key === 'language') void speak(other)
            if (key === 'password') void navigate({ to: '/login' as never, search: { change: '1' } as never })
          },
        }}
      >
        <Button type="text" icon={<UserOutlined />} aria-label={t('person', { name: me.name })} data-testid="person">
          <span className="wide-only">{me.name}</span>
        </Button>
      </Dropdown>
    </>
  )
}
