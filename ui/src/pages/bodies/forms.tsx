import { Button, Checkbox, Input, Select } from 'antd'
import { type FormEvent, type ReactNode, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client'
import { answered, useChange } from '../../shared/reading'
import { ProblemNote } from '../../shared/states'
import { CLASSES } from './Bodies'

const TYPES = ['text', 'number', 'date', 'flag', 'ref', 'geometry', 'data']
const CHECKS = ['credit_code', 'registration_number', 'lei', 'body_code']
const LABELS = [0, 1, 2, 3, 4]

/** Add a kind of one's own. */
export function KindForm({ onDone }: { onDone: (made?: string) => void }) {
  const { t } = useTranslation('bodies')
  const [given, setGiven] = useState({ name: '', title_zh: '', title_en: '', body_class: 'item', reason: '' })
  const set = (part: Partial<typeof given>) => setGiven({ ...given, ...part })
  const [isPlaced, setIsPlaced] = useState(false)
  const add = useChange(
    () => answered(client.POST('/api/v1/kinds', { body: { ...given, placed: isPlaced, attributes: [] } })),
    () => onDone(given.name),
  )
  return (
    <Form error={add.error} isPending={add.isPending} onSubmit={() => add.mutate(undefined)} onCancel={() => onDone()}>
      <Line label={t('titleZh')}>{(id) => <Input id={id} required value={given.title_zh} onChange={(e) => set({ title_zh: e.target.value })} />}</Line>
      <Line label={t('titleEn')}>{(id) => <Input id={id} required value={given.title_en} onChange={(e) => set({ title_en: e.target.value })} />}</Line>
      <Line label={t('nameInData')}>
        {(id) => <Input id={id} required placeholder="Warehouse" value={given.name} onChange={(e) => set({ name: e.target.value })} />}
      </Line>
      <Line label={t('class')}>
        {(id) => <Select id={id} value={given.body_class} options={CLASSES.map((one) => ({ value: one, label: t(`classes.${one}`) }))} onChange={(body_class) => set({ body_class })} />}
      </Line>
      <Line label={t('reason')}>{(id) => <Input id={id} required value={given.reason} onChange={(e) => set({ reason: e.target.value })} />}</Line>
      <Checkbox checked={isPlaced} onChange={(e) => setIsPlaced(e.target.checked)}>{t('isPlaced')}</Checkbox>
    </Form>
  )
}

/** Add an attribute to a kind. */
export function AttributeForm({ kind, onDone }: { kind: string; onDone: () => void }) {
  const { t } = useTranslation('bodies')
  const [reason, setReason] = useState('')
  const [given, setGiven] = useState({ name: '', title_zh: '', title_en: '', type: 'text', unit: '', many: false, label: 0, check: '' })
  const set = (part: Partial<typeof given>) => setGiven({ ...given, ...part })
  const add = useChange(() => {
    const one = { ...given, unit: given.unit || null, check: given.check || null }
    return answered(client.POST('/api/v1/kinds/{kind}/attributes', { params: { path: { kind } }, body: { attributes: [one], reason } }))
  }, onDone)
  return (
    <Form error={add.error} isPending={add.isPending} onSubmit={() => add.mutate(undefined)} onCancel={onDone}>
      <Line label={t('titleZh')}>{(id) => <Input id={id} required value={given.title_zh} onChange={(e) => set({ title_zh: e.target.value })} />}</Line>
      <Line label={t('titleEn')}>{(id) => <Input id={id} required value={given.title_en} onChange={(e) => set({ title_en: e.target.value })} />}</Line>
      <Line label={t('nameInData')}>
        {(id) => <Input id={id} required placeholder="floor_area" value={given.name} onChange={(e) => set({ name: e.target.value })} />}
      </Line>
      <Line label={t('type')}>
        {(id) => <Select id={id} value={given.type} options={TYPES.map((one) => ({ value: one, label: t(`types.${one}`) }))} onChange={(type) => set({ type })} />}
      </Line>
      <Line label={t('unit')}>{(id) => <Input id={id} value={given.unit} onChange={(e) => set({ unit: e.target.value })} />}</Line>
      <Line label={t('label')}>
        {(id) => <Select id={id} value={given.label} options={LABELS.map((one) => ({ value: one, label: t(`labels.${one}`) }))} onChange={(label) => set({ label })} />}
      </Line>
      <Line label={t('check')}>
        {(id) => <Select id={id} allowClear value={given.check || undefined} options={CHECKS.map((one) => ({ value: one, label: t(`checks.${one}`) }))} onChange={(check) => set({ check: check ?? '' })} />}
      </Line>
      <Line label={t('reason')}>{(id) => <Input id={id} required value={reason} onChange={(e) => setReason(e.target.value)} />}</Line>
      <Checkbox checked={given.many} onChange={(e) => set({ many: e.target.checked })}>{t('isMany')}</Checkbox>
    </Form>
  )
}

export function Line({ label, children }: { label: string; children: (id: string) => ReactNode }) {
  const id = useId()
  return (
    <div>
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </div>
  )
}

export function Form({
  error,
  isPending,
  onSubmit,
  onCancel,
  children,
}: {
  error: unknown
  isPending: boolean
  onSubmit: () => void
  onCancel: () => void
  children: ReactNode
}) {
  const { t } = useTranslation('bodies')
  function submit(event: FormEvent) {
    event.preventDefault()
    onSubmit()
  }
  return (
    <form className="kind-form" onSubmit={submit}>
      {children}
      <div className="row">
        <Button type="primary" htmlType="submit" loading={isPending}>{t('save')}</Button>
        <Button onClick={onCancel}>{t('cancel')}</Button>
      </div>
      {error ? <ProblemNote error={error} /> : null}
    </form>
  )
}
