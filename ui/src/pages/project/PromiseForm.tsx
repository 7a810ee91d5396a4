import { Button, Input, Select } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client'
import { answered, useChange } from '../../shared/reading'
import { ProblemNote } from '../../shared/states'
import type { ProjectData } from './Project'
import type { PromiseRow } from './Promises'

const STATES = ['未到期', '进行中', '已兑现', '逾期', '已解除'] as const
type State = (typeof STATES)[number]

/** Enters a promise, or changes its state. */
export function PromiseForm({
  project,
  by,
  promise,
  onClose,
}: {
  project: ProjectData
  by: 'investor' | 'government'
  promise?: PromiseRow
  onClose: () => void
}) {
  const { t } = useTranslation('project')
  const [text, setText] = useState(promise?.text ?? '')
  const [due, setDue] = useState(promise?.due ?? '')
  const [state, setState] = useState<State>((promise?.status as State | null) ?? '未到期')
  const [reason, setReason] = useState(promise ? '' : t('promises.reasonNew'))
  const ids = { text: useId(), due: useId(), state: useId(), reason: useId() }
  const save = useChange(() => {
    const body = {
      by,
      text: text.trim(),
      due: due || null,
      status: state,
      reason: reason.trim(),
      measure: promise?.measure ?? null,
      amount: promise?.amount ?? null,
      unit: promise?.unit ?? null,
    }
    return promise
      ? answered(client.PUT('/api/v1/projects/{code}/promises/{key}', { params: { path: { code: project.code, key: promise.key } }, body }))
      : answered(client.POST('/api/v1/projects/{code}/promises', { params: { path: { code: project.code } }, body }))
  }, onClose)
  return (
    <form
      className="form inline-form"
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate(undefined)
      }}
    >
      <label htmlFor={ids.text}>{t('promises.text')}</label>
      <Input.TextArea id={ids.text} rows={2} value={text} onChange={(event) => setText(event.target.value)} />
      <label htmlFor={ids.due}>{t('promises.due')}</label>
      <input id={ids.due} type="date" className="date-input" value={due} onChange={(event) => setDue(event.target.value)} />
      <label htmlFor={ids.state}>{t('promises.state')}</label>
      <Select id={ids.state} value={state} options={STATES.map((one) => ({ value: one, label: one }))} onChange={setState} />
      <label htmlFor={ids.reason}>{t('fields.reason')}</label>
      <Input id={ids.reason} value={reason} onChange={(event) => setReason(event.target.value)} />
      <div className="row">
        <Button size="small" type="primary" htmlType="submit" disabled={!text.trim() || !reason.trim()} loading={save.isPending}>
          {t('fields.save')}
        </Button>
        <Button size="small" onClick={onClose}>
          {t('cancel')}
        </Button>
      </div>
      {save.error ? <ProblemNote error={save.error} /> : null}
    </form>
  )
}
