import { Button, Input } from 'antd'
import { type FormEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client'
import { Panel } from '../../shared/PageHead'
import { type Answer, answered, useChange, useRead } from '../../shared/reading'
import { ProblemNote, Shown } from '../../shared/states'
import { comma } from '../../shared/words'

/** The inner networks to which an administrator lets messages go. */
export function Networks() {
  const { t } = useTranslation('system')
  const query = useRead('/api/v1/receivers/networks', {}, { at: {} })
  return (
    <Panel title={t('networks.title')} testId="networks">
      <Shown query={query} rows={2}>
        {(networks) => <Edit networks={networks} />}
      </Shown>
    </Panel>
  )
}

function Edit({ networks }: { networks: Answer<'/api/v1/receivers/networks'> }) {
  const { t } = useTranslation('system')
  const [text, setText] = useState(networks.networks.join('\n'))
  const id = useId()
  const save = useChange(() => {
    const given = text.split(/[\s,，;；]+/).filter(Boolean)
    return answered(client.PUT('/api/v1/receivers/networks', { body: { networks: given } }))
  })
  function submit(event: FormEvent) {
    event.preventDefault()
    save.mutate(undefined)
  }
  return (
    <>
      <p className="faint">{t('networks.says')}</p>
      {networks.always.length ? <p className="faint">{t('networks.always', { networks: networks.always.join(comma()) })}</p> : null}
      <form className="system-form" onSubmit={submit}>
        <div>
          <label htmlFor={id}>{t('networks.list')}</label>
          <Input.TextArea id={id} rows={3} value={text} placeholder="10.1.0.0/16" onChange={(event) => setText(event.target.value)} />
        </div>
        <div>
          <Button type="primary" htmlType="submit" loading={save.isPending}>
            {t('save')}
          </Button>
        </div>
        {save.error ? <ProblemNote error={save.error} /> : null}
      </form>
    </>
  )
}
