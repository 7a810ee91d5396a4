import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useAddress } from '../../shared/address'
import { useRead } from '../../shared/reading'
import { asVerdict } from '../../shared/verdict'
import { usePick } from '../../shared/words'
import { useEffect } from 'react'

/** Chooses the chain and the link to be filled; gaps stand first. */
export function GapPicker({ region }: { region: string }) {
  const { t } = useTranslation('targets')
  const { t: shared } = useTranslation('shared')
  const pick = usePick()
  const [{ chain: asked, link }, patch] = useAddress()
  const chains = useRead('/api/v1/chains')
  const chain = asked ?? chains.data?.items[0]?.code
  const gaps = useRead('/api/v1/chains/{chain}/gaps', { path: { chain: chain ?? '' }, query: { region, limit: 100 } }, { enabled: Boolean(chain) })
  const all = useRead('/api/v1/chains/{chain}', { path: { chain: chain ?? '' }, query: { region } }, { enabled: Boolean(chain) })
  const first = gaps.data?.items[0]?.link ?? all.data?.links[0]?.code
  const isReady = gaps.data !== undefined || gaps.error !== null
  useEffect(() => {
    if (!link && first && chain && isReady) patch({ chain, link: first }, true)
  }, [link, first, chain, isReady, patch])
  const inGaps = new Set((gaps.data?.items ?? []).map((gap) => gap.link))
  const label = (verdict: string | undefined, title: string) => `${shared(`verdict.${asVerdict(verdict)}`)} · ${title}`
  const options = [
    {
      label: t('picker.gaps'),
      options: (gaps.data?.items ?? []).map((gap) => ({ value: gap.link, label: label(gap.verdict.code, pick(gap.title)) })),
    },
    {
      label: t('picker.others'),
      options: (all.data?.links ?? [])
        .filter((row) => !inGaps.has(row.code))
        .map((row) => ({ value: row.code, label: label(row.verdict?.code, pick(row.title)) })),
    },
  ].filter((group) => group.options.length)
  return (
    <>
      <Select
        className="gap-chain"
        aria-label={t('picker.chain')}
        value={chain}
        options={(chains.data?.items ?? []).map((item) => ({ value: item.code, label: pick(item.title) }))}
        onChange={(code: string) => patch({ chain: code, link: undefined, firm: undefined, offset: undefined, weights: undefined })}
      />
      <Select
        className="gap-link"
        aria-label={t('picker.link')}
        data-testid="gap-select"
        showSearch={{ optionFilterProp: 'label' }}
        value={link}
        loading={all.isPending}
        popupMatchSelectWidth={300}
        options={options}
        onChange={(code: string) => patch({ chain, link: code, firm: undefined, offset: undefined })}
      />
    </>
  )
}
