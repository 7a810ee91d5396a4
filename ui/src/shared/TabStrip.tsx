import { type KeyboardEvent, type ReactNode, useId, useRef } from 'react'

export interface Tab {
  key: string
  label: ReactNode
  children: ReactNode
}

/** Tabs that wrap on a narrow screen; arrow keys move between them. */
export function TabStrip({
  label,
  tabs,
  chosen,
  onChoose,
}: {
  label: string
  tabs: Tab[]
  chosen: string | undefined
  onChoose: (key: string) => void
}) {
  const id = useId()
  const strip = useRef<HTMLDivElement>(null)
  const open = tabs.find((tab) => tab.key === chosen) ?? tabs[0]

  function move(event: KeyboardEvent) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (!step || !open) return
    event.preventDefault()
    const next = (tabs.indexOf(open) + step + tabs.length) % tabs.length
    onChoose(tabs[next]?.key ?? open.key)
    strip.current?.querySelectorAll<HTMLButtonElement>('[role=tab]')[next]?.focus()
  }

  return (
    <div className="tabs">
      <div className="tab-strip" role="tablist" aria-label={label} tabIndex={-1} ref={strip} onKeyDown={move}>
        {tabs.map((tab) => (
          <button
            key={tab.key}
            type="button"
            role="tab"
            id={`${id}-${tab.key}`}
            data-testid={`tab-${tab.key}`}
            aria-selected={tab === open}
            aria-controls={`${id}-panel`}
            tabIndex={tab === open ? 0 : -1}
            onClick={() => onChoose(tab.key)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={open ? `${id}-${open.key}` : undefined} className="tab-panel">
        {open?.children}
      </div>
    </div>
  )
}
