import { Input, Select } from 'antd'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { useMe } from './session'
import type { Ground } from './stating'

/** Asks since when it holds, where it is from, how secret it is and why it is written. */
export function GroundFields({ ground, onChange }: { ground: Ground; onChange: (ground: Ground) => void }) {
  const { t } = useTranslation('shared')
  const { labels } = useMe()
  const id = useId()
  const set = (part: Partial<Ground>) => onChange({ ...ground, ...part })
  return (
    <>
      <div>
        <label htmlFor={`${id}-from`}>{t('state.validFrom')}</label>
        <Input id={`${id}-from`} value={ground.valid_from} maxLength={40} placeholder="2026 / 2026-03 / 2026-03-01" onChange={(event) => set({ valid_from: event.target.value })} />
      </div>
      <div>
        <label htmlFor={`${id}-label`}>{t('state.label')}</label>
        <Select id={`${id}-label`} value={ground.label} options={labels.map((one) => ({ value: one, label: t(`state.labels.${one}`) }))} onChange={(label: number) => set({ label })} />
      </div>
      <div className="wide">
        <label htmlFor={`${id}-origin`}>{t('state.origin')}</label>
        <Input id={`${id}-origin`} value={ground.origin} maxLength={300} placeholder={t('state.originExample')} onChange={(event) => set({ origin: event.target.value })} />
      </div>
      <div className="wide">
        <label htmlFor={`${id}-reason`}>{t('state.reason')}</label>
        <Input id={`${id}-reason`} required minLength={2} maxLength={500} value={ground.reason} onChange={(event) => set({ reason: event.target.value })} />
      </div>
    </>
  )
}
