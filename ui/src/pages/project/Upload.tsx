import { Button, Input, Progress, Select } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FileField } from '../../shared/FileField'
import { today } from '../../shared/moment'
import { useChange, useRead } from '../../shared/reading'
import { ProblemNote } from '../../shared/states'
import { usePick } from '../../shared/words'
import { useToast } from '../../shared/toast'
import { type Papers, sendPapers } from './files'
import type { ProjectData } from './Project'

/** Files papers: drop or choose them, say what they are; each gets a number and a hash. */
export function Upload({ project }: { project: ProjectData }) {
  const { t } = useTranslation('project')
  const say = useToast()
  const pick = usePick()
  const schedule = useRead('/api/v1/archive/schedule')
  const [files, setFiles] = useState<File[]>([])
  const [type, setType] = useState<string | undefined>()
  const [title, setTitle] = useState('')
  const [formedOn, setFormedOn] = useState('')
  const [responsible, setResponsible] = useState('')
  const [label, setLabel] = useState<string | undefined>()
  const [share, setShare] = useState(0)
  const ids = { type: useId(), title: useId(), formed: useId(), by: useId(), label: useId() }
  const clear = () => {
    setFiles([])
    setTitle('')
    setFormedOn('')
    setShare(0)
  }
  const send = useChange((papers: Papers) => sendPapers(project.code, papers, setShare), () => {
    say(t('upload.done', { count: files.length }))
    clear()
  })
  const missing = new Set((project.gate?.documents ?? []).filter((need) => !need.present).map((need) => need.code))
  const types = schedule.data?.items ?? []
  const options = [
    { label: t('upload.needed'), options: types.filter((one) => missing.has(one.code)) },
    ...(schedule.data?.groups ?? []).map((group) => ({
      label: pick(group.title),
      options: types.filter((one) => one.group === group.code && !missing.has(one.code)),
    })),
  ]
    .filter((group) => group.options.length)
    .map((group) => ({ label: group.label, options: group.options.map((one) => ({ value: one.code, label: pick(one.title) })) }))
  const chosen = types.find((one) => one.code === type)
  return (
    <section className="panel" data-testid="upload">
      <div className="panel-head">
        <h2>{t('upload.title')}</h2>
        <span className="panel-extra small">{t('upload.says')}</span>
      </div>
      <FileField label={t('upload.choose')} files={files} isMany testId="file-input" onChoose={setFiles} />
      {files.length ? (
        <form
          className="upload-form"
          onSubmit={(event) => {
            event.preventDefault()
            if (type) send.mutate({ files, type, formedOn, responsible, label, title: files.length === 1 ? title.trim() : '' })
          }}
        >
          <div>
            <label htmlFor={ids.type}>{t('upload.type')}</label>
            <Select id={ids.type} data-testid="paper-type" showSearch={{ optionFilterProp: 'label' }} value={type} options={options} placeholder={t('upload.typeHint')} onChange={setType} />
          </div>
          <div>
            <label htmlFor={ids.title}>{t('upload.name')}</label>
            <Input id={ids.title} disabled={files.length > 1} value={title} placeholder={files.length === 1 ? files[0]?.name : t('upload.nameMany')} onChange={(event) => setTitle(event.target.value)} />
          </div>
          <div>
            <label htmlFor={ids.formed}>{t('upload.formed')}</label>
            <input id={ids.formed} type="date" className="date-input" max={today()} value={formedOn} onChange={(event) => setFormedOn(event.target.value)} />
          </div>
          <div>
            <label htmlFor={ids.by}>{t('upload.by')}</label>
            <Input id={ids.by} value={responsible} onChange={(event) => setResponsible(event.target.value)} />
          </div>
          <div>
            <label htmlFor={ids.label}>{t('upload.label')}</label>
            <Select id={ids.label} allowClear value={label} placeholder={chosen?.label ?? t('upload.labelHint')} options={(schedule.data?.labels ?? []).map((one) => ({ value: one, label: one }))} onChange={setLabel} />
          </div>
          <div className="upload-actions">
            <Button type="primary" htmlType="submit" disabled={!type} loading={send.isPending} data-testid="file-it">
              {t('upload.file')}
            </Button>
            <Button onClick={clear} disabled={send.isPending}>
              {t('cancel')}
            </Button>
          </div>
          {send.isPending ? <Progress percent={Math.round(share * 100)} size="small" aria-label={t('upload.progress')} /> : null}
        </form>
      ) : null}
      {send.error ? <ProblemNote error={send.error} /> : null}
    </section>
  )
}
