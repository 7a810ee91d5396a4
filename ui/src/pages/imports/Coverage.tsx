import { Button, Input, InputNumber } from 'antd'
import { useTranslation } from 'react-i18next'
import { useRegion } from '../../shared/region'

export interface CoverageRow {
  region: string
  industry: string
  share: string
  population: string
}

/** Tell whether a statement is filled in. */
export function isWhole(row: CoverageRow): boolean {
  return Boolean(row.region && row.industry && row.share && row.population)
}

/** What share of reality the list covers, as its officer states it; without it verdicts stay unknown. */
export function Coverage({ rows, onChange }: { rows: CoverageRow[]; onChange: (rows: CoverageRow[]) => void }) {
  const { t } = useTranslation('imports')
  const region = useRegion()
  const set = (position: number, patch: Partial<CoverageRow>) =>
    onChange(rows.map((row, at) => (at === position ? { ...row, ...patch } : row)))
  return (
    <fieldset className="coverage">
      <legend>{t('coverage.title')}</legend>
      <p className="faint small">{t('coverage.says')}</p>
      {rows.map((row, position) => (
        // oxlint-disable-next-line react/no-array-index-key -- statements have no identity before they are stored
        <div key={position} className="coverage-row">
          <Input aria-label={t('coverage.region')} placeholder={t('coverage.region')} value={row.region} onChange={(event) => set(position, { region: event.target.value.trim() })} />
          <Input aria-label={t('coverage.industry')} placeholder={t('coverage.industry')} value={row.industry} onChange={(event) => set(position, { industry: event.target.value.trim().toUpperCase() })} />
          <InputNumber aria-label={t('coverage.share')} placeholder={t('coverage.share')} min={0} max={100} suffix="%" value={row.share === '' ? null : Number(row.share)} onChange={(value) => set(position, { share: value === null ? '' : String(value) })} />
          <Input aria-label={t('coverage.population')} placeholder={t('coverage.population')} value={row.population} onChange={(event) => set(position, { population: event.target.value })} />
          <Button type="text" size="small" onClick={() => onChange(rows.filter((_, at) => at !== position))}>
            {t('coverage.remove')}
          </Button>
        </div>
      ))}
      <Button size="small" onClick={() => onChange([...rows, { region: region ?? '', industry: '*', share: '', population: '' }])}>
        {t('coverage.add')}
      </Button>
    </fieldset>
  )
}
