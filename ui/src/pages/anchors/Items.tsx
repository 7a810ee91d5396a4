import { Button, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client'
import { useMoment } from '../../shared/address'
import { DataTable } from '../../shared/DataTable'
import { Evidence, Figure } from '../../shared/Figure'
import { Unknown } from '../../shared/marks'
import { isNow } from '../../shared/moment'
import { Panel } from '../../shared/PageHead'
import { ReasonForm } from '../../shared/ReasonForm'
import { answered, useChange, useRead } from '../../shared/reading'
import { useMay } from '../../shared/session'
import { asShown } from '../../shared/showing'
import { comma, usePick } from '../../shared/words'
import type { PurchaseData } from './Sides'

type Item = PurchaseData['items'][number]

/** Every item: where it is bought, which link it belongs to, whether it is to be had here. */
export function Items({ data }: { data: PurchaseData }) {
  const { t } = useTranslation('anchors')
  const pick = usePick()
  return (
    <Panel title={t('list')} extra={data.to_check ? t('toCheck', { count: data.to_check }) : null} testId="purchase-items">
      <DataTable
        label={t('list')}
        rows={data.items}
        rowKey={(item) => `${item.item}/${item.specification ?? ''}`}
        columns={[
          {
            key: 'item',
            title: t('item'),
            isName: true,
            cell: (item) => (
              <>
                {item.item} <span className="faint small">{item.specification}</span>
              </>
            ),
          },
          { key: 'amount', title: t('amount'), isNumber: true, cell: (item) => <Figure title={t('amount')} figure={item.amount} isBare /> },
          { key: 'side', title: t('where'), isWide: true, cell: (item) => <Bought item={item} asOf={data.as_of} /> },
          { key: 'link', title: t('link'), isWide: true, cell: (item) => <Belongs item={item} /> },
          {
            key: 'supply',
            title: t('supply'),
            isWide: true,
            cell: (item) => (
              <span className={`supply supply-${item.supply}`}>
                {t(`supplies.${item.supply}`)}
                {item.supply === 'available' ? <span className="faint small"> {item.links.flatMap((link) => link.local_names).slice(0, 2).join(comma())}</span> : null}
                {item.links[0] && (item.supply === 'unknown' || item.supply === 'missing') ? (
                  <span className="faint small"> {pick(item.links[0].verdict.reason)}</span>
                ) : null}
              </span>
            ),
          },
        ]}
      />
    </Panel>
  )
}

function Bought({ item, asOf }: { item: Item; asOf: string }) {
  const { t } = useTranslation('anchors')
  return (
    <>
      {item.lines.map((line) => (
        <div key={line.code} className="line">
          <span className={`side side-${line.side}`}>{t(`sides.${line.side}`)}</span>{' '}
          <Evidence title={item.item} figure={asShown({ text: { zh: item.item, en: item.item }, facts: line.facts, asOf })}>
            {line.supplier ?? <Unknown />}
          </Evidence>
          <span className="faint small"> {line.place ?? t('placeUnknown')}</span>
        </div>
      ))}
    </>
  )
}

function Belongs({ item }: { item: Item }) {
  const { t } = useTranslation('anchors')
  const pick = usePick()
  const may = useMay('import:write')
  const isPresent = isNow(useMoment())
  const [isOpen, setIsOpen] = useState(false)
  return (
    <>
      {item.links.map((link) => (
        <div key={link.body}>
          {pick(link.title)} <span className="faint small">{t('by', { by: link.by })}</span>
        </div>
      ))}
      {item.match === 'none' ? <Unknown why={t('noLink')} /> : null}
      {item.match === 'uncertain' ? <span className="faint small">{t('uncertain')}</span> : null}
      {may && isPresent && (item.match === 'none' || item.match === 'uncertain') ? (
        isOpen ? (
          <Assign item={item} onDone={() => setIsOpen(false)} />
        ) : (
          <Button size="small" onClick={() => setIsOpen(true)} data-testid="assign-link">
            {t('assign')}
          </Button>
        )
      ) : null}
    </>
  )
}

function Assign({ item, onDone }: { item: Item; onDone: () => void }) {
  const { t } = useTranslation('anchors')
  const pick = usePick()
  const chains = useRead('/api/v1/chains')
  const [chain, setChain] = useState<string | undefined>(item.links[0]?.chain)
  const asked = chain ?? chains.data?.items[0]?.code
  const links = useRead('/api/v1/chains/{chain}', { path: { chain: asked ?? '' } }, { enabled: Boolean(asked) })
  const [link, setLink] = useState<string | undefined>(item.links[0]?.body)
  const change = useChange(async (reason: string) => {
    for (const line of item.lines) {
      await answered(
        client.POST('/api/v1/bodies/{code}/values', {
          params: { path: { code: line.code } },
          body: { attribute: 'link', value: link ?? '', reason },
        } as never),
      )
    }
  }, onDone)
  return (
    <div className="assign">
      <Select
        aria-label={t('chain')}
        value={asked}
        options={(chains.data?.items ?? []).map((one) => ({ value: one.code, label: pick(one.title) }))}
        onChange={(code: string) => {
          setChain(code)
          setLink(undefined)
        }}
      />
      <Select
        aria-label={t('link')}
        value={link}
        showSearch={{ optionFilterProp: 'label' }}
        options={(links.data?.links ?? []).map((one) => ({ value: one.body, label: pick(one.title) }))}
        onChange={setLink}
      />
      {link ? <ReasonForm label={t('why')} isBusy={change.isPending} error={change.error} onCancel={onDone} onDone={(reason) => change.mutate(reason)} /> : null}
    </div>
  )
}
