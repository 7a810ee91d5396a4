import { Select, Space } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useRead } from './reading'
import { usePick } from './words'

// Which kind an attribute usually points to; the reader may choose another.
const USUAL: Record<string, string> = {
  park: 'Park', lead_chain: 'Chain', product: 'Product', link: 'ChainLink', input: 'ChainLink', chain: 'Chain',
  parcel: 'Parcel', building: 'Building', policy: 'Policy', replaces: 'Policy', parent: 'Region',
}
const FIRM = 'Company'
const SHOWN = 12

/** Chooses a body: its kind, then its name. */
export function BodyPicker({ id, attribute, value, onChange }: { id: string; attribute: string; value: string; onChange: (code: string) => void }) {
  const { t } = useTranslation('shared')
  const pick = usePick()
  const [kind, setKind] = useState(USUAL[attribute] ?? FIRM)
  const [text, setText] = useState('')
  const kinds = useRead('/api/v1/kinds', {}, { keep: true })
  const found = useRead('/api/v1/kinds/{kind}/bodies', { path: { kind }, query: { text: text || undefined, limit: SHOWN } }, { keep: true })
  return (
    <Space.Compact block>
      <Select
        className="picker-kind"
        aria-label={t('state.kind')}
        showSearch={{ optionFilterProp: 'label' }}
        value={kind}
        options={(kinds.data?.items ?? []).map((one) => ({ value: one.name, label: pick(one.title) }))}
        onChange={(next: string) => {
          setKind(next)
          onChange('')
        }}
      />
      <Select
        id={id}
        className="picker-body"
        showSearch={{ filterOption: false, onSearch: setText }}
        placeholder={t('state.pickBody')}
        value={value || undefined}
        options={(found.data?.items ?? []).map((one) => ({ value: one.code, label: one.name }))}
        onChange={onChange}
        notFoundContent={t('state.noSuchBody')}
      />
    </Space.Compact>
  )
}
