import { Button, Input } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ProblemNote } from './states'

const SHORTEST = 2

/** Asks for the reason of a ruling; it is kept on record. */
export function ReasonForm({
  label,
  isBusy,
  error,
  onCancel,
  onDone,
}: {
  label: string
  isBusy: boolean
  error: unknown
  onCancel: () => void
  onDone: (reason: string) => void
}) {
  const { t } = useTranslation('shared')
  const [reason, setReason] = useState('')
  const id = useId()
  return (
    <form
      className="reason-form"
      onSubmit={(event) => {
        event.preventDefault()
        onDone(reason.trim())
      }}
    >
      <label htmlFor={id}>{label}</label>
      <Input.TextArea id={id} rows={2} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
      {error ? <ProblemNote error={error} /> : null}
      <div className="row">
        <Button type="primary" size="small" htmlType="submit" loading={isBusy} disabled={reason.trim().length < SHORTEST}>
          {t('reason.save')}
        </Button>
        <Button size="small" onClick={onCancel}>
          {t('reason.cancel')}
        </Button>
      </div>
    </form>
  )
}
