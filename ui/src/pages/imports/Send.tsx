import { Button, Progress } from 'antd'
import { type FormEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMoment } from '../../shared/address'
import { FileField } from '../../shared/FileField'
import { isNow, today } from '../../shared/moment'
import { Panel } from '../../shared/PageHead'
import { type Answer, useChange } from '../../shared/reading'
import { sendForm } from '../../shared/sending'
import { ProblemNote } from '../../shared/states'
import { Coverage, type CoverageRow, isWhole } from './Coverage'

type ImportShown = Answer<'/api/v1/imports/{number}'>

/** Three steps: the template, the file, the check. Nothing is written before it is confirmed. */
export function Send({ onChecked }: { onChecked: (number: number) => void }) {
  const { t } = useTranslation('imports')
  const isPresent = isNow(useMoment())
  const [file, setFile] = useState<File | null>(null)
  const [asOf, setAsOf] = useState(today())
  const [coverage, setCoverage] = useState<CoverageRow[]>([])
  const [share, setShare] = useState(0)
  const ids = { asOf: useId() }
  const check = useChange(
    () => {
      const form = new FormData()
      if (file) form.append('file', file, file.name)
      form.append('as_of', asOf)
      const stated = coverage.filter(isWhole).map((row) => ({ ...row, share: Number(row.share) / 100 }))
      if (stated.length) form.append('coverage', JSON.stringify(stated))
      return sendForm<ImportShown>('/api/v1/imports', form, setShare)
    },
    (shown) => onChecked(shown.id),
  )

  function submit(event: FormEvent) {
    event.preventDefault()
    setShare(0)
    check.mutate(undefined)
  }

  return (
    <Panel title={t('send.title')} testId="send-import">
      <form className="import-steps" onSubmit={submit}>
        <section>
          <h3>{t('send.one')}</h3>
          <p className="faint">{t('send.oneSays')}</p>
          <p className="row">
            <a href="/api/v1/imports/template.xlsx" download data-testid="template-xlsx">
              {t('send.xlsx')}
            </a>
            <a href="/api/v1/imports/template.csv" download data-testid="template-csv">
              {t('send.csv')}
            </a>
          </p>
        </section>
        <section>
          <h3>{t('send.two')}</h3>
          <FileField label={t('send.choose')} files={file ? [file] : []} accept=".xlsx,.csv" testId="import-file" onChoose={(files) => setFile(files[0] ?? null)} />
          <p className="faint small">{t('send.file')}</p>
          <label htmlFor={ids.asOf}>{t('send.asOf')}</label>
          <input id={ids.asOf} type="date" className="date-input" max={today()} required value={asOf} onChange={(event) => setAsOf(event.target.value)} />
          <Coverage rows={coverage} onChange={setCoverage} />
        </section>
        <section>
          <h3>{t('send.three')}</h3>
          <p className="faint">{t('send.threeSays')}</p>
          <Button type="primary" htmlType="submit" disabled={!file || !isPresent} loading={check.isPending} data-testid="check-import">
            {t('send.check')}
          </Button>
          {check.isPending ? (
            <>
              <Progress percent={Math.round(share * 100)} size="small" aria-label={t('send.progress')} />
              <p className="faint small">{t(share < 1 ? 'send.sending' : 'send.checking')}</p>
            </>
          ) : null}
          {check.error ? <ProblemNote error={check.error} /> : null}
        </section>
      </form>
    </Panel>
  )
}
