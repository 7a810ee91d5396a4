import { Button, Input, Select } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client'
import { answered, useChange, useRead } from '../../shared/reading'
import { ProblemNote } from '../../shared/states'
import { usePick } from '../../shared/words'
import type { Field } from './Fields'
import type { ProjectData } from './Project'

type Given = string | string[]

/** Tell whether a field can be set by hand here; links and the investor are set by what made the project. */
export function isEditable(field: Field): boolean {
  return field.type !== 'data' && field.attribute !== 'link' && field.attribute !== 'company'
}

/** Sets one field with a reason; both are filed. */
export function EditField({ project, field, onClose }: { project: ProjectData; field: Field; onClose: () => void }) {
  const { t } = useTranslation('project')
  const pick = usePick()
  const [value, setValue] = useState<Given>(() => present(field))
  const [reason, setReason] = useState('')
  const [id, reasonId] = [useId(), useId()]
  const save = useChange(
    () =>
      answered(
        client.PATCH('/api/v1/projects/{code}/fields', {
          params: { path: { code: project.code } },
          body: { values: { [field.attribute]: asSaid(field, value) }, reason: reason.trim() },
        }),
      ),
    onClose,
  )
  return (
    <form
      className="form inline-form"
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate(undefined)
      }}
    >
      <label htmlFor={id}>
        {pick(field.title)}
        {field.unit ? `（${field.unit}）` : ''}
      </label>
      <Entry id={id} field={field} project={project} value={value} onChange={setValue} />
      <label htmlFor={reasonId}>{t('fields.reason')}</label>
      <Input id={reasonId} value={reason} onChange={(event) => setReason(event.target.value)} />
      <div className="row">
        <Button size="small" type="primary" htmlType="submit" disabled={!reason.trim()} loading={save.isPending}>
          {t('fields.save')}
        </Button>
        <Button size="small" onClick={onClose}>
          {t('cancel')}
        </Button>
      </div>
      {save.error ? <ProblemNote error={save.error} /> : null}
    </form>
  )
}

function present(field: Field): Given {
  const said = field.values.map((held) => held.ref?.code ?? (held.value === null ? '' : String(held.value)))
  return field.many ? said : (said[0] ?? '')
}

function asSaid(field: Field, value: Given): string | number | string[] | null {
  if (typeof value !== 'string') return value
  const text = value.trim()
  if (text === '') return null
  return field.type === 'number' ? Number(text) : text
}

interface EntryProps {
  id: string
  field: Field
  project: ProjectData
  value: Given
  onChange: (value: Given) => void
}

function Entry({ id, field, project, value, onChange }: EntryProps) {
  if (field.attribute === 'park') return <ParkEntry id={id} field={field} project={project} value={value} onChange={onChange} />
  if (field.attribute === 'parcel') return <ParcelEntry id={id} field={field} project={project} value={value} onChange={onChange} />
  if (field.many) {
    return <Select id={id} mode="tags" open={false} suffixIcon={null} value={value as string[]} onChange={onChange} />
  }
  if (field.type === 'date') {
    return <input id={id} type="date" className="date-input" value={value as string} onChange={(event) => onChange(event.target.value)} />
  }
  const isNumber = field.type === 'number'
  return <Input id={id} type={isNumber ? 'number' : 'text'} step="any" value={value as string} onChange={(event) => onChange(event.target.value)} />
}

function ParkEntry({ id, value, onChange }: EntryProps) {
  const parks = useRead('/api/v1/parks', { query: { limit: 500 } })
  return (
    <Select
      id={id}
      allowClear
      showSearch={{ optionFilterProp: 'label' }}
      value={(value as string) || undefined}
      loading={parks.isPending}
      options={(parks.data?.items ?? []).map((park) => ({ value: park.code, label: park.name }))}
      onChange={(code?: string) => onChange(code ?? '')}
    />
  )
}

function ParcelEntry({ id, value, onChange }: EntryProps) {
  const parcels = useRead('/api/v1/parcels', { query: { limit: 500 } })
  return (
    <Select
      id={id}
      mode="multiple"
      showSearch={{ optionFilterProp: 'label' }}
      value={value as string[]}
      loading={parcels.isPending}
      options={(parcels.data?.items ?? []).map((parcel) => ({
        value: parcel.code,
        label: [parcel.name, parcel.status].filter(Boolean).join(' · '),
      }))}
      onChange={onChange}
    />
  )
}
