import { SearchOutlined } from '@ant-design/icons'
import { useNavigate } from '@tanstack/react-router'
import { AutoComplete, Input } from 'antd'
import { useDeferredValue, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { keptSearch, type Search } from '../shared/address'
import { toPage } from '../shared/codes'
import { useRead } from '../shared/reading'
import { useMay } from '../shared/session'

const SHORTEST = 2

/** Finds firms by a part of their name or code; Enter lists all that match. */
export function SearchBox() {
  const { t } = useTranslation('app')
  const navigate = useNavigate()
  const mayRead = useMay('firm:read')
  const [text, setText] = useState('')
  const wanted = useDeferredValue(text.trim())
  const found = useRead(
    '/api/v1/firms',
    { query: { text: wanted, limit: 8 } },
    { enabled: wanted.length >= SHORTEST, keep: true },
  )
  if (!mayRead) return <span className="search-box" />
  const options = wanted.length < SHORTEST ? [] : (found.data?.items ?? []).map((firm) => ({
    value: firm.code,
    label: firm.short_name && firm.short_name !== firm.name ? `${firm.name}（${firm.short_name}）` : firm.name,
  }))

  function go(to: string, more: Search = {}) {
    void navigate({ to: to as never, search: ((before: Search) => keptSearch(before, more)) as never })
  }

  return (
    <AutoComplete
      className="search-box"
      value={text}
      options={options}
      onChange={(next: string) => setText(next.startsWith('urn:') ? '' : next)}
      onSelect={(code: string) => {
        setText('')
        go(toPage.firm(code))
      }}
      popupMatchSelectWidth={320}
    >
      <Input
        prefix={<SearchOutlined aria-hidden />}
        placeholder={t('search')}
        aria-label={t('search')}
        onPressEnter={(event) => {
          if (event.currentTarget.getAttribute('aria-activedescendant')) return
          if (wanted) go(toPage.firms(), { text: wanted })
        }}
      />
    </AutoComplete>
  )
}
