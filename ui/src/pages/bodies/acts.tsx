import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client'
import { answered, useChange, useRead } from '../../shared/reading'
import { usePick } from '../../shared/words'
import { Form, Line } from './forms'
import type { Attribute, Kind } from './Kinds'

export interface KindActing {
  act: 'rename' | 'withdraw' | 'takeUp' | 'order'
  attribute?: Attribute
}

/** What may be done to an own kind or attribute; the order of sources is one's own for any attribute. */
export function KindActs({ one, attribute, onAct }: { one: { own: boolean; withdrawn: boolean }; attribute?: Attribute; onAct: (acting: KindActing) => void }) {
  const { t } = useTranslation('bodies')
  const acts: KindActing['act'][] = one.own ? ['rename', one.withdrawn ? 'takeUp' : 'withdraw'] : []
  return (
    <span className="row kind-acts">
      {[...acts, ...(attribute ? (['order'] as const) : [])].map((act) => (
        <Button key={act} size="small" type="link" className="plain-link" onClick={() => onAct({ act, attribute })}>
          {t(`act.${act}`)}
        </Button>
      ))}
    </span>
  )
}

/** Rename, withdraw, take up again, or order the sources of an attribute; each asks for the reason. */
export function KindAct({ kind, acting, onDone }: { kind: Kind; acting: KindActing; onDone: () => void }) {
  const { t } = useTranslation('bodies')
  const pick = usePick()
  const { act, attribute } = acting
  const one = attribute ?? kind
  const [reason, setReason] = useState('')
  const [title, setTitle] = useState({ title_zh: one.title.zh ?? '', title_en: one.title.en ?? '' })
  const [sources, setSources] = useState(attribute?.authority ?? [])
  const about = { attribute: attribute?.name ?? null, reason }
  const path = { params: { path: { kind: kind.name } } }
  const change = useChange(() => {
    if (act === 'rename') return answered(client.POST('/api/v1/kinds/{kind}/rename', { ...path, body: { ...about, ...title } }))
    if (act === 'withdraw') return answered(client.POST('/api/v1/kinds/{kind}/withdraw', { ...path, body: about }))
    if (act === 'takeUp') return answered(client.POST('/api/v1/kinds/{kind}/take-up', { ...path, body: about }))
    return answered(client.PUT('/api/v1/kinds/{kind}/authority', { ...path, body: { attribute: attribute?.name ?? '', sources, reason } }))
  }, onDone)
  return (
    <Form error={change.error} isPending={change.isPending} onSubmit={() => change.mutate(undefined)} onCancel={onDone}>
      <p className="kind-act">{t(`actSays.${act}`, { name: pick(one.title) })}</p>
      {act === 'rename' ? (
        <>
          <Line label={t('titleZh')}>{(id) => <Input id={id} required value={title.title_zh} onChange={(e) => setTitle({ ...title, title_zh: e.target.value })} />}</Line>
          <Line label={t('titleEn')}>{(id) => <Input id={id} required value={title.title_en} onChange={(e) => setTitle({ ...title, title_en: e.target.value })} />}</Line>
        </>
      ) : null}
      {act === 'order' ? <Sources chosen={sources} onChoose={setSources} /> : null}
      <Line label={t('why')}>{(id) => <Input id={id} required minLength={2} value={reason} onChange={(e) => setReason(e.target.value)} />}</Line>
    </Form>
  )
}

function Sources({ chosen, onChoose }: { chosen: string[]; onChoose: (sources: string[]) => void }) {
  const { t } = useTranslation('bodies')
  const pick = usePick()
  const query = useRead('/api/v1/sources')
  const options = (query.data?.items ?? []).map((one) => ({ value: one.name, label: pick(one.title) || one.name }))
  return (
    <Line label={t('orderLabel')}>
      {(id) => <Select id={id} mode="multiple" showSearch={{ optionFilterProp: 'label' }} value={chosen} options={options} onChange={onChoose} />}
    </Line>
  )
}
