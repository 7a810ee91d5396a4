import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ProblemError } from '../../api/problem'
import { FileField } from '../../shared/FileField'
import { Notice } from '../../shared/Notice'
import { Panel } from '../../shared/PageHead'
import { useChange } from '../../shared/reading'
import { sendForm } from '../../shared/sending'
import { ProblemNote } from '../../shared/states'
import { usePick } from '../../shared/words'

interface Told {
  points: number
  opened: number
  corrected: number
  same: number
}
interface RowTrouble {
  row: number
  zh: string
  en: string
}

/** Sends a CSV or XLSX file of points; with one wrong row nothing is written. */
export function SendFile() {
  const { t } = useTranslation('intake')
  const [files, setFiles] = useState<File[]>([])
  const [told, setTold] = useState<Told>()
  const send = useChange(
    (file: File) => {
      const form = new FormData()
      form.append('file', file)
      return sendForm<Told>('/api/v1/observations/file', form, () => undefined)
    },
    (answer) => {
      setTold(answer)
      setFiles([])
    },
  )
  const [file] = files
  return (
    <Panel title={t('tabs.file')} extra={<a href="/api/v1/observations/template.csv" download>{t('template')}</a>} testId="send-points">
      <p>{t('fileSays')}</p>
      <FileField label={t('choose')} files={files} accept=".csv,.xlsx" testId="points-file" onChoose={setFiles} />
      <p>
        <Button type="primary" disabled={!file} loading={send.isPending} onClick={() => file && send.mutate(file)}>
          {t('send')}
        </Button>
      </p>
      {told && !send.error ? <Notice kind="success" title={t('told', { ...told })} /> : null}
      {send.error ? <Refused error={send.error} /> : null}
    </Panel>
  )
}

function Refused({ error }: { error: Error }) {
  const pick = usePick()
  const { t } = useTranslation('intake')
  const rows = error instanceof ProblemError ? (error.body.rows as RowTrouble[] | undefined) : undefined
  return (
    <>
      <ProblemNote error={error} />
      {rows?.length ? (
        <ul className="plain-list">
          {rows.map((row) => (
            <li key={row.row}>
              {t('row', { row: row.row })} {pick(row)}
            </li>
          ))}
        </ul>
      ) : null}
    </>
  )
}
