import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import type { Search } from '../shared/address'

/** Leads to another page, once. */
export function GoTo({ path, search }: { path: string; search?: Search }) {
  const navigate = useNavigate()
  const hasGone = useRef(false)
  useEffect(() => {
    if (hasGone.current) return
    hasGone.current = true
    void navigate({ to: path as never, search: (search ?? {}) as never, replace: true })
  }, [navigate, path, search])
  return null
}
