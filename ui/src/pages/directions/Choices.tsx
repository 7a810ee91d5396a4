import { Segmented, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useAddress } from '../../shared/address'
import { prefixOf } from '../../shared/region'
import { useRead } from '../../shared/reading'
import { usePick } from '../../shared/words'

export type Way = 'links' | 'industries'
export type Convention = 'harvard' | 'datawheel'

/** Return how candidates are told apart; anything else means links. */
export function waysOf(text: string | undefined): Way {
  return text === 'industries' ? text : 'links'
}

/** Return the convention of relatedness; anything else means Harvard's. */
export function conventionOf(text: string | undefined): Convention {
  return text === 'datawheel' ? text : 'harvard'
}

/** What the diagnosis is about: links or industries, which chain, which park, which convention. */
export function Choices({ region }: { region: string }) {
  const { t } = useTranslation('directions')
  const pick = usePick()
  const [{ of, chain, park, convention }, patch] = useAddress()
  const way = waysOf(of)
  const chains = useRead('/api/v1/chains')
  const parks = useRead('/api/v1/kinds/{kind}/bodies', { path: { kind: 'Park' }, query: { region: prefixOf(region), limit: 200 } })
  const afresh = { segment: undefined, offset: undefined }
  return (
    <>
      <Segmented
        aria-label={t('way.label')}
        data-testid="way"
        value={way}
        options={[
          { value: 'links', label: t('way.links') },
          { value: 'industries', label: t('way.industries') },
        ]}
        onChange={(next) => patch({ of: next === 'links' ? undefined : next, ...afresh }, true)}
      />
      {way === 'links' ? (
        <Select
          className="direction-chain"
          aria-label={t('chain')}
          allowClear
          placeholder={t('allChains')}
          value={chain}
          loading={chains.isPending}
          popupMatchSelectWidth={240}
          options={(chains.data?.items ?? []).map((item) => ({ value: item.code, label: pick(item.title) }))}
          onChange={(code?: string) => patch({ chain: code, ...afresh })}
        />
      ) : null}
      <Select
        className="direction-park"
        aria-label={t('park')}
        allowClear
        placeholder={t('wholeRegion')}
        value={park}
        loading={parks.isPending}
        popupMatchSelectWidth={280}
        options={(parks.data?.items ?? []).map((item) => ({ value: item.code, label: item.name }))}
        onChange={(code?: string) => patch({ park: code, ...afresh })}
      />
      <Select
        className="direction-convention"
        aria-label={t('convention.label')}
        value={conventionOf(convention)}
        popupMatchSelectWidth={260}
        options={[
          { value: 'harvard', label: t('convention.harvard') },
          { value: 'datawheel', label: t('convention.datawheel') },
        ]}
        onChange={(next: Convention) => patch({ convention: next === 'harvard' ? undefined : next }, true)}
      />
    </>
  )
}
