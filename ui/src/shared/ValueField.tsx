import { Input, Select, Space } from 'antd'
import { useTranslation } from 'react-i18next'
import { BodyPicker } from './BodyPicker'
import { type Answer, useRead } from './reading'
import { REGIONS } from './regionNames'
import { useMay } from './session'

export type Declared = Answer<'/api/v1/kinds/{kind}'>['declared'][number]
/** A value as it is typed. */
export interface TypedValue {
  text: string
  unit: string
}
export const NOTHING: TypedValue = { text: '', unit: '' }

interface Props {
  id: string
  attribute: Declared
  value: TypedValue
  onChange: (value: TypedValue) => void
}

/** The field for a value, as the type of its attribute asks. */
export function ValueField({ id, attribute, value, onChange }: Props) {
  const { t } = useTranslation('shared')
  const set = (text: string) => onChange({ ...value, text })
  if (REGIONS.has(attribute.name)) return <RegionField id={id} value={value.text} onChange={set} />
  switch (attribute.type) {
    case 'number':
      return <NumberField id={id} attribute={attribute} value={value} onChange={onChange} />
    case 'ref':
      return <BodyPicker id={id} attribute={attribute.name} value={value.text} onChange={set} />
    case 'flag':
      return (
        <Select
          id={id}
          value={value.text || undefined}
          placeholder={t('state.choose')}
          options={['true', 'false'].map((one) => ({ value: one, label: t(one === 'true' ? 'yes' : 'no') }))}
          onChange={set}
        />
      )
    case 'data':
    case 'geometry':
      return (
        <Input.TextArea
          id={id}
          rows={3}
          value={value.text}
          placeholder={attribute.type === 'data' ? '{ }' : t('state.geometryExample')}
          onChange={(event) => set(event.target.value)}
        />
      )
    default:
      return (
        <Input
          id={id}
          value={value.text}
          maxLength={2000}
          placeholder={attribute.type === 'date' ? '2026 / 2026-03 / 2026-03-01' : undefined}
          onChange={(event) => set(event.target.value)}
        />
      )
  }
}

/** A division by its name; its code is what is kept. */
function RegionField({ id, value, onChange }: { id: string; value: string; onChange: (code: string) => void }) {
  const { t } = useTranslation('shared')
  const may = useMay('chain:read')
  const regions = useRead('/api/v1/regions', {}, { enabled: may })
  return (
    <Select
      id={id}
      showSearch={{ optionFilterProp: 'label' }}
      allowClear
      placeholder={t('state.pickBody')}
      value={value || undefined}
      options={(regions.data?.items ?? []).map((one) => ({ value: one.code, label: `${one.name} ${one.code}` }))}
      onChange={(code: string | undefined) => onChange(code ?? '')}
    />
  )
}

function NumberField({ id, attribute, value, onChange }: Props) {
  const { t } = useTranslation('shared')
  const unit = value.unit || attribute.unit || ''
  return (
    <Space.Compact block>
      <Input id={id} inputMode="decimal" value={value.text} onChange={(event) => onChange({ ...value, text: event.target.value })} />
      {attribute.units.length ? (
        <Select
          className="value-unit"
          aria-label={t('state.unit')}
          value={unit}
          options={attribute.units.map((one) => ({ value: one, label: one }))}
          onChange={(next: string) => onChange({ ...value, unit: next })}
        />
      ) : (
        <Input className="value-unit" aria-label={t('state.unit')} placeholder={t('state.unit')} value={value.unit} maxLength={40} onChange={(event) => onChange({ ...value, unit: event.target.value })} />
      )}
    </Space.Compact>
  )
}

const PAIR = /^\s*(-?\d+(?:\.\d+)?)\s*[,，\s]\s*(-?\d+(?:\.\d+)?)\s*$/

/** Return what is sent for a value; longitude and latitude become a point. */
export function asGiven(attribute: Declared, { text, unit }: TypedValue): { value: string; unit: string | null } {
  const pair = attribute.type === 'geometry' ? PAIR.exec(text) : null
  const value = pair ? JSON.stringify({ type: 'Point', coordinates: [Number(pair[1]), Number(pair[2])] }) : text.trim()
  return { value, unit: attribute.type === 'number' ? unit || attribute.unit : null }
}
