import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useAddress } from '../shared/address'
import { useRead } from '../shared/reading'
import { usePlaceName, useRegion } from '../shared/region'
import { useMay, useMe } from '../shared/session'

/** The region that pages speak of: one's own place, what lies in it, or any other. */
export function PlacePicker() {
  const { t } = useTranslation('app')
  const me = useMe()
  const mayRead = useMay('chain:read')
  const region = useRegion()
  const placeName = usePlaceName()
  const [, patch] = useAddress()
  const regions = useRead('/api/v1/regions', {}, { enabled: mayRead })
  const options = (regions.data?.items ?? []).map((item) => ({
    value: item.code,
    label: placeName(item.name),
    search: `${placeName(item.name)}${item.code}`,
    firms: item.firms,
  }))
  if (!mayRead || !region) return <div className="place">{me.place.name}</div>
  const isListed = options.some((option) => option.value === region)
  return (
    <Select
      className="place-picker"
      variant="borderless"
      showSearch={{ optionFilterProp: 'search' }}
      aria-label={t('place')}
      data-testid="place"
      popupMatchSelectWidth={260}
      value={region}
      options={isListed ? options : [{ value: region, label: me.place.name, search: region, firms: null }, ...options]}
      optionRender={({ data }) => (
        <span className="place-option">
          <span>{data.label}</span>
          <span className="faint small">
            {data.firms === null ? '' : t('placeFirms', { count: data.firms })}
          </span>
        </span>
      )}
      onChange={(code: string) => patch({ region: code === me.place.region ? undefined : code })}
    />
  )
}
