import { Button, Input } from 'antd'
import { type FormEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client'
import { writeInstant } from '../../shared/figures'
import { Panel } from '../../shared/PageHead'
import { type Answer, answered, useChange, useRead } from '../../shared/reading'
import { ProblemNote, Shown } from '../../shared/states'
import { usePick } from '../../shared/words'

type Layer = Answer<'/api/v1/map'>

/** The boundary layer of this installation and its 审图号. */
export function MapLayer() {
  const { t } = useTranslation('system')
  const query = useRead('/api/v1/map', {}, { at: {} })
  return (
    <Panel title={t('tabs.map')}>
      <Shown query={query} rows={4}>
        {(layer) => <Described layer={layer} />}
      </Shown>
    </Panel>
  )
}

function Described({ layer }: { layer: Layer }) {
  const { t } = useTranslation('system')
  const pick = usePick()
  return (
    <>
      <ul className="plain-list">
        {layer.notices.map((notice) => (
          <li key={pick(notice)}>{pick(notice)}</li>
        ))}
      </ul>
      {layer.present ? (
        <>
          <p className="faint">{t('map.built', { at: writeInstant(layer.built_at), sheets: layer.sheets })}</p>
          <Review layer={layer} />
        </>
      ) : null}
    </>
  )
}

function Review({ layer }: { layer: Layer }) {
  const { t } = useTranslation('system')
  const [number, setNumber] = useState(layer.review_number ?? '')
  const id = useId()
  const save = useChange(() => answered(client.PUT('/api/v1/map/review-number', { body: { review_number: number.trim() || null } })))
  function submit(event: FormEvent) {
    event.preventDefault()
    save.mutate(undefined)
  }
  return (
    <form className="system-form" onSubmit={submit}>
      <div>
        <label htmlFor={id}>{t('map.review')}</label>
        <Input id={id} value={number} maxLength={60} onChange={(event) => setNumber(event.target.value)} />
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
