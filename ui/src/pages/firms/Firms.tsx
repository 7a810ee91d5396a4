import { Button, Input, Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress } from '../../shared/address'
import { toPage } from '../../shared/codes'
import { type Column, DataTable } from '../../shared/DataTable'
import { writeInstant } from '../../shared/figures'
import { BasisTag, DemoTag, Unknown } from '../../shared/marks'
import { PageHead, Panel } from '../../shared/PageHead'
import { PageLink } from '../../shared/PageLink'
import { Pager } from '../../shared/Pager'
import { type Answer, useRead } from '../../shared/reading'
import { prefixOf, useRegion } from '../../shared/region'
import { useRegionName } from '../../shared/regionNames'
import { useMay } from '../../shared/session'
import { EmptyNote, Shown } from '../../shared/states'
import { comma, usePick } from '../../shared/words'

type Page = Answer<'/api/v1/firms'>
type FirmRow = Page['items'][number] | Page['perhaps'][number]
const PAGE = 50

/** Firms on record, here or in the whole country. */
export default function Firms() {
  const { t } = useTranslation('firms')
  const region = useRegion()
  const mayImport = useMay('import:write')
  const [{ text, scope, offset }, patch] = useAddress()
  const isLocal = scope !== 'all' && Boolean(region)
  const query = useRead(
    '/api/v1/firms',
    {
      query: {
        text: text || undefined,
        region: isLocal && region ? prefixOf(region) : undefined,
        perhaps: Boolean(text),
        limit: PAGE,
        offset: Number(offset) || 0,
      },
    },
    { keep: true },
  )
  return (
    <div className="page" data-testid="firms">
      <PageHead title={t('title')} says={t('says')} />
      <div className="row">
        <Find key={text ?? ''} text={text ?? ''} onFind={(next) => patch({ text: next || undefined, offset: undefined })} />
        <Segmented
          aria-label={t('scope.label')}
          value={isLocal ? 'region' : 'all'}
          options={[
            { value: 'region', label: t('scope.region'), disabled: !region },
            { value: 'all', label: t('scope.all') },
          ]}
          onChange={(next) => patch({ scope: next === 'all' ? 'all' : undefined, offset: undefined })}
        />
      </div>
      <Shown query={query} rows={12}>
        {(page) => (
          <>
            {page.items.length ? (
              <Panel title={t('list')} extra={t('asOf', { at: writeInstant(page.as_of) })}>
                <FirmTable rows={page.items} />
                <div className="after-table">
                  <Pager page={page} />
                </div>
              </Panel>
            ) : (
              <EmptyNote
                text={t(isLocal ? 'noneHere' : 'none')}
                action={
                  isLocal ? (
                    <Button onClick={() => patch({ scope: 'all', offset: undefined })}>{t('scope.all')}</Button>
                  ) : mayImport ? (
                    <PageLink to={toPage.imports()}>{t('import')}</PageLink>
                  ) : null
                }
              />
            )}
            {page.perhaps.length ? (
              <Panel title={t('perhaps')} extra={t('perhapsSays', { text })} testId="perhaps">
                <FirmTable rows={page.perhaps} />
              </Panel>
            ) : null}
          </>
        )}
      </Shown>
    </div>
  )
}

function Find({ text, onFind }: { text: string; onFind: (text: string) => void }) {
  const { t } = useTranslation('firms')
  const [typed, setTyped] = useState(text)
  return (
    <Input.Search
      className="find"
      allowClear
      value={typed}
      aria-label={t('find')}
      placeholder={t('find')}
      onChange={(event) => setTyped(event.target.value)}
      onSearch={(next) => onFind(next.trim())}
    />
  )
}

function FirmTable({ rows }: { rows: FirmRow[] }) {
  const { t } = useTranslation('firms')
  const pick = usePick()
  const nameOf = useRegionName()
  const columns: Column<FirmRow>[] = [
    {
      key: 'name',
      title: t('name'),
      isName: true,
      cell: (firm) => (
        <>
          <span className="row">
            <PageLink to={toPage.firm(firm.code)}>{firm.name}</PageLink>
            <span className="tags">
              <BasisTag basis={firm.basis === 'demo' ? null : firm.basis} />
              <DemoTag demo={firm.demo} />
            </span>
          </span>
          {firm.found_by ? <div className="faint small">{`${pick(firm.found_by.title)} ${firm.found_by.text}`}</div> : null}
          {'reason' in firm ? <div className="faint small">{pick(firm.reason)}</div> : null}
        </>
      ),
    },
    { key: 'stock', title: t('stock'), cell: (firm) => firm.stock ?? <span className="faint">{t('unlisted')}</span> },
    { key: 'region', title: t('region'), cell: (firm) => (firm.region ? <span title={firm.region}>{nameOf(firm.region)}</span> : <Unknown why={t('regionWhy')} />) },
    {
      key: 'industry',
      title: t('industry'),
      isMinor: true,
      cell: (firm) => firm.industry.slice(0, 2).join(comma()) || <Unknown />,
    },
    { key: 'products', title: t('products'), isNumber: true, cell: (firm) => firm.products },
    { key: 'links', title: t('links'), isNumber: true, cell: (firm) => firm.links },
  ]
  return <DataTable label={t('list')} columns={columns} rows={rows} rowKey={(firm) => firm.code} />
}
