import { Button, Checkbox } from 'antd'
import { type FormEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client'
import { useMoment } from '../../shared/address'
import { FileField } from '../../shared/FileField'
import { isNow, today } from '../../shared/moment'
import { Notice } from '../../shared/Notice'
import { Panel } from '../../shared/PageHead'
import { type Answer, answered, useChange } from '../../shared/reading'
import { sendForm } from '../../shared/sending'
import { ProblemNote } from '../../shared/states'
import { usePick } from '../../shared/words'

type ListShown = Answer<'/api/v1/purchases/{number}'>

/** The firm's purchase list comes in: template, file, check, confirmation; rejected rows go back. */
export function SendList({ firm }: { firm: string }) {
  const { t } = useTranslation('anchors')
  const isPresent = isNow(useMoment())
  const [file, setFile] = useState<File | null>(null)
  const [asOf, setAsOf] = useState(today())
  const [isWhole, setIsWhole] = useState(false)
  const [checked, setChecked] = useState<ListShown | null>(null)
  const id = useId()
  const check = useChange(() => {
    const form = new FormData()
    if (file) form.append('file', file, file.name)
    form.append('buyer', firm)
    form.append('as_of', asOf)
    form.append('whole', isWhole ? 'true' : 'false')
    return sendForm<ListShown>('/api/v1/purchases', form, () => undefined)
  }, setChecked)

  function submit(event: FormEvent) {
    event.preventDefault()
    check.mutate(undefined)
  }

  return (
    <Panel title={t('send.title')} extra={t('send.secret')} testId="send-list">
      <form className="send-list" onSubmit={submit}>
        <p className="row">
          <a href="/api/v1/purchases/template.xlsx" download>
            {t('send.xlsx')}
          </a>
          <a href="/api/v1/purchases/template.csv" download>
            {t('send.csv')}
          </a>
        </p>
        <FileField label={t('send.choose')} files={file ? [file] : []} accept=".xlsx,.csv" testId="list-file" onChoose={(files) => setFile(files[0] ?? null)} />
        <div className="row">
          <label htmlFor={id}>{t('send.asOf')}</label>
          <input id={id} type="date" className="date-input" max={today()} required value={asOf} onChange={(event) => setAsOf(event.target.value)} />
          <Checkbox checked={isWhole} onChange={(event) => setIsWhole(event.target.checked)}>
            {t('send.whole')}
          </Checkbox>
          <Button type="primary" htmlType="submit" disabled={!file || !isPresent} loading={check.isPending} data-testid="check-list">
            {t('send.check')}
          </Button>
        </div>
        {check.error ? <ProblemNote error={check.error} /> : null}
      </form>
      {checked ? <Checked data={checked} onDone={setChecked} /> : null}
    </Panel>
  )
}

function Checked({ data, onDone }: { data: ListShown; onDone: (data: ListShown) => void }) {
  const { t } = useTranslation('anchors')
  const pick = usePick()
  const confirm = useChange(
    () => answered(client.POST('/api/v1/purchases/{number}/confirm', { params: { path: { number: data.id } } })),
    onDone,
  )
  const { differences: found } = data
  return (
    <div data-testid="list-checked">
      <p>{t('send.found', { rows: data.rows, accepted: data.accepted, rejected: data.rejected, added: found.new_lines, changed: found.changed_lines, same: found.same_lines, ended: found.ended_lines })}</p>
      {data.errors.length ? (
        <ul className="list-errors">
          {data.errors.slice(0, 20).map((error) => (
            <li key={`${error.row}/${error.attribute}/${error.kind}`}>
              {t('send.row', { row: error.row })} · {error.column}：{pick(error.what)}。<span className="faint">{pick(error.way_out)}</span>
            </li>
          ))}
        </ul>
      ) : null}
      <div className="row">
        {data.state === 'loaded' ? (
          <Notice kind="success" title={t('send.done', { change: data.change })} />
        ) : (
          <Button type="primary" disabled={!data.can_confirm} loading={confirm.isPending} onClick={() => confirm.mutate(undefined)} data-testid="confirm-list">
            {t('send.confirm', { rows: data.accepted })}
          </Button>
        )}
        {data.rejected ? (
          <a href={`/api/v1/purchases/${data.id}/rejected.xlsx`} download>
            {t('send.back', { rows: data.rejected })}
          </a>
        ) : null}
      </div>
      {confirm.error ? <ProblemNote error={confirm.error} /> : null}
    </div>
  )
}
