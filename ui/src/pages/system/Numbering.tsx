import { Button, Input } from 'antd'
import { type FormEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client'
import { DemoTag } from '../../shared/marks'
import { Panel } from '../../shared/PageHead'
import { type Answer, answered, useChange, useRead } from '../../shared/reading'
import { ProblemNote, Shown } from '../../shared/states'

type Settings = Answer<'/api/v1/archive/settings'>

/** 全宗号 and department, by which files are numbered. */
export function Numbering() {
  const { t } = useTranslation('system')
  const query = useRead('/api/v1/archive/settings', {}, { at: {} })
  return (
    <Panel title={t('tabs.numbering')} extra={t('numbering.says')}>
      <Shown query={query} rows={2}>
        {(settings) => <Form key={`${settings.fonds}${settings.department}`} settings={settings} />}
      </Shown>
    </Panel>
  )
}

function Form({ settings }: { settings: Settings }) {
  const { t } = useTranslation('system')
  const [fonds, setFonds] = useState(settings.fonds ?? '')
  const [department, setDepartment] = useState(settings.department ?? '')
  const [fondsId, departmentId] = [useId(), useId()]
  const save = useChange(() => answered(client.PUT('/api/v1/archive/settings', { body: { fonds, department } })))
  function submit(event: FormEvent) {
    event.preventDefault()
    save.mutate(undefined)
  }
  return (
    <form className="system-form" onSubmit={submit}>
      <div>
        <label htmlFor={fondsId}>
          {t('numbering.fonds')} <DemoTag demo={settings.demo} />
        </label>
        <Input id={fondsId} required value={fonds} onChange={(event) => setFonds(event.target.value)} />
      </div>
      <div>
        <label htmlFor={departmentId}>{t('numbering.department')}</label>
        <Input id={departmentId} required value={department} onChange={(event) => setDepartment(event.target.value)} />
      </div>
      <div>
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {t('save')}
        </Button>
      </div>
      {save.error ? <ProblemNote error={save.error} /> : null}
    </form>
  )
}
