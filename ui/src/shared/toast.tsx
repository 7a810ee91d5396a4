import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from 'react'

const SECONDS_SHOWN = 5

const ToastContext = createContext<(text: string) => void>(() => undefined)

/** Return the way to say in a few words that something was done. */
export function useToast(): (text: string) => void {
  return useContext(ToastContext)
}

/** Shows what was done for a few seconds and reads it to those who listen. */
export function ToastRoom({ children }: { children: ReactNode }) {
  const [text, setText] = useState('')
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const say = useCallback((next: string) => {
    clearTimeout(timer.current)
    setText(next)
    timer.current = setTimeout(() => setText(''), SECONDS_SHOWN * 1000)
  }, [])
  const shown = useMemo(() => (text ? <span className="toast">✓ {text}</span> : null), [text])
  return (
    <ToastContext.Provider value={say}>
      {children}
      <div className="toasts" role="status" aria-live="polite" data-testid="toast">
        {shown}
      </div>
    </ToastContext.Provider>
  )
}
