import { Button, Input } from 'antd'
import { type FormEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client'
import { Notice } from '../../shared/Notice'
import { Panel } from '../../shared/PageHead'
import { answered, useChange } from '../../shared/reading'
import { ProblemNote } from '../../shared/states'
import { useToast } from '../../shared/toast'
import type { IntakeData } from './Standing'

/** Names the broker; what the environment says cannot be changed here. */
export function Settings({ intake }: { intake: IntakeData }) {
  const { t } = useTranslation('intake')
  const say = useToast()
  const id = useId()
  const [url, setUrl] = useState(intake.broker ?? '')
  const [topic, setTopic] = useState(intake.topic ?? 'chaintwin/{place}/{device}')
  const save = useChange(
    () => answered(client.PUT('/api/v1/intake/settings', { body: { url: url.trim(), topic: topic.trim(), client: '' } })),
    () => say(t('saved')),
  )
  function submit(event: FormEvent) {
    event.preventDefault()
    save.mutate(undefined)
  }
  if (intake.is_set_outside) {
    return (
      <Panel title={t('tabs.settings')}>
        <Notice kind="info" title={t('setOutside')} />
      </Panel>
    )
  }
  return (
    <Panel title={t('tabs.settings')} testId="intake-settings">
      <form className="intake-form" onSubmit={submit}>
        <div className="intake-long">
          <label htmlFor={id}>{t('broker')}</label>
          <Input id={id} value={url} maxLength={500} placeholder="mqtts://user:password@host:8883" autoComplete="off" onChange={(event) => setUrl(event.target.value)} />
        </div>
        <div className="intake-long">
          <label htmlFor={`${id}-topic`}>{t('topic')}</label>
          <Input id={`${id}-topic`} value={topic} maxLength={200} onChange={(event) => setTopic(event.target.value)} />
        </div>
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {t('save')}
        </Button>
        {save.error ? <ProblemNote error={save.error} /> : null}
      </form>
      <p className="faint small">{t('settingsSays')}</p>
    </Panel>
  )
}
