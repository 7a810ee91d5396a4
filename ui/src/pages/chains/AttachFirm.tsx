import { Select } from 'antd'
import { useDeferredValue, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useRead } from '../../shared/reading'
import { ReasonForm } from '../../shared/ReasonForm'

/** Puts a firm on the link by hand: which one, and why. */
export function AttachFirm({
  isBusy,
  error,
  onCancel,
  onDone,
}: {
  isBusy: boolean
  error: unknown
  onCancel: () => void
  onDone: (firm: string, reason: string) => void
}) {
  const { t } = useTranslation('chains')
  const id = useId()
  const [text, setText] = useState('')
  const [firm, setFirm] = useState<{ value: string; label: string } | null>(null)
  const wanted = useDeferredValue(text.trim())
  const found = useRead('/api/v1/firms', { query: { text: wanted, limit: 20 } }, { enabled: wanted.length >= 2, keep: true })
  return (
    <div className="attach-form">
      <label htmlFor={id}>{t('rule.which')}</label>
      <Select
        id={id}
        labelInValue
        showSearch={{ filterOption: false, onSearch: setText }}
        value={firm}
        placeholder={t('rule.find')}
        notFoundContent={wanted.length < 2 ? t('rule.find') : t('rule.notFound')}
        options={(found.data?.items ?? []).map((item) => ({ value: item.code, label: item.name }))}
        onChange={(next) => setFirm(next as { value: string; label: string })}
      />
      {firm ? (
        <ReasonForm label={t('rule.attachWhy', { firm: firm.label })} isBusy={isBusy} error={error} onCancel={onCancel} onDone={(reason) => onDone(firm.value, reason)} />
      ) : null}
    </div>
  )
}
