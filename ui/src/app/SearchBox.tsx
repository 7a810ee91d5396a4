import { SearchOutlined } from '@ant-design/icons'
import { useNavigate } from '@tanstack/react-router'
import { AutoComplete, Input } from 'antd'
import { useDeferredValue, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { keptSearch, type Search } from '../shared/address'
import { toPage } from '../shared/codes'
import { type Answer, useRead } from '../shared/reading'
import { useMay } from '../shared/session'
import { usePick } from '../shared/words'

const SHORTEST = 2

type Firms = Answer<'/api/v1/firms'>
type Pick = (pair: { zh?: string; en?: string }) => string

/** Hits first, each with the other name it was found by; below them what may be meant, and why. */
function asOptions(found: Firms | undefined, pick: Pick, perhaps: string) {
  const hits = (found?.items ?? []).map((firm) => {
    const other = firm.found_by ? `${pick(firm.found_by.title)} ${firm.found_by.text}` : firm.short_name
    return { value: firm.code, label: <Option name={firm.name} says={other === firm.name ? null : other} /> }
  })
  const guesses = (found?.perhaps ?? []).map((firm) => ({
    value: firm.code,
    label: <Option name={firm.name} says={pick(firm.reason)} />,
  }))
  return guesses.length ? [...hits, { label: perhaps, options: guesses }] : hits
}

function Option({ name, says }: { name: string; says?: string | null }) {
  return (
    <span className="search-option">
      {name}
      {says ? <span className="faint small">{says}</span> : null}
    </span>
  )
}

/** Finds firms by a part of their name or code; Enter lists all that match. */
export function SearchBox() {
  const { t } = useTranslation('app')
  const navigate = useNavigate()
  const mayRead = useMay('firm:read')
  const pick = usePick()
  const [text, setText] = useState('')
  const wanted = useDeferredValue(text.trim())
  const found = useRead(
    '/api/v1/firms',
    { query: { text: wanted, limit: 8, perhaps: true } },
    { enabled: wanted.length >= SHORTEST, keep: true },
  )
  if (!mayRead) return <span className="search-box" />
  const options = wanted.length < SHORTEST ? [] : asOptions(found.data, pick, t('perhaps'))

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
      popupMatchSelectWidth={360}
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
