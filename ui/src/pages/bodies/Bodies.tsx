import { Button, Input, Segmented, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress } from '../../shared/address'
import { toPage } from '../../shared/codes'
import { DataTable } from '../../shared/DataTable'
import { DemoTag, Unknown } from '../../shared/marks'
import { PageHead, Panel } from '../../shared/PageHead'
import { PageLink } from '../../shared/PageLink'
import { Pager } from '../../shared/Pager'
import { type Answer, useRead } from '../../shared/reading'
import { prefixOf, useRegion } from '../../shared/region'
import { useRegionName } from '../../shared/regionNames'
import { EmptyNote, Shown } from '../../shared/states'
import { TabStrip } from '../../shared/TabStrip'
import { usePick } from '../../shared/words'
import { Kinds } from './Kinds'
import { NewBody } from './NewBody'
import './bodies.css'

export type KindRow = Answer<'/api/v1/kinds'>['items'][number]
export const CLASSES = ['organisation', 'managed', 'construction', 'item', 'person', 'natural', 'vehicle', 'other']
const USUAL = 'Parcel'
const PAGE = 50

/** Every twin body on record, by kind; and the kinds themselves, to which a place adds its own. */
export default function Bodies() {
  const { t } = useTranslation('bodies')
  const [{ tab }, patch] = useAddress()
  const kinds = useRead('/api/v1/kinds', {}, { keep: true })
  return (
    <div className="page" data-testid="bodies">
      <PageHead title={t('title')} says={t('says')} />
      <Shown query={kinds} rows={10}>
        {(list) => (
          <TabStrip
            label={t('title')}
            chosen={tab ?? 'list'}
            onChoose={(key) => patch({ tab: key === 'list' ? undefined : key }, true)}
            tabs={[
              { key: 'list', label: t('tabs.list'), children: <List kinds={list.items} /> },
              { key: 'kinds', label: t('tabs.kinds'), children: <Kinds kinds={list.items} /> },
            ]}
          />
        )}
      </Shown>
    </div>
  )
}

function List({ kinds }: { kinds: KindRow[] }) {
  const { t } = useTranslation('bodies')
  const region = useRegion()
  const [{ kind: asked, text, scope, offset }, patch] = useAddress()
  const kind = kinds.find((one) => one.name === (asked ?? USUAL)) ?? kinds[0]
  const isLocal = scope === 'region' && Boolean(region)
  const query = useRead(
    '/api/v1/kinds/{kind}/bodies',
    {
      path: { kind: kind?.name ?? USUAL },
      query: {
        text: text || undefined,
        region: isLocal && region ? prefixOf(region) : undefined,
        limit: PAGE,
        offset: Number(offset) || 0,
      },
    },
    { keep: true },
  )
  return (
    <>
      <div className="row">
        <KindPicker kinds={kinds} chosen={kind?.name} onChoose={(next) => patch({ kind: next, offset: undefined })} />
        <Find key={text ?? ''} text={text ?? ''} onFind={(next) => patch({ text: next || undefined, offset: undefined })} />
        <Segmented
          aria-label={t('scope.label')}
          value={isLocal ? 'region' : 'all'}
          options={[
            { value: 'region', label: t('scope.region'), disabled: !region },
            { value: 'all', label: t('scope.all') },
          ]}
          onChange={(next) => patch({ scope: next === 'region' ? 'region' : undefined, offset: undefined })}
        />
        {kind ? <NewBody key={kind.name} kind={kind} /> : null}
      </div>
      <Shown query={query} rows={12}>{(page) => <Rows page={page} kind={kind} isNarrowed={Boolean(text) || isLocal} />}</Shown>
    </>
  )
}

function Rows({ page, kind, isNarrowed }: { page: Answer<'/api/v1/kinds/{kind}/bodies'>; kind?: KindRow; isNarrowed: boolean }) {
  const { t } = useTranslation('bodies')
  const pick = usePick()
  const nameOf = useRegionName()
  const [, patch] = useAddress()
  if (!page.items.length) {
    return (
      <EmptyNote
        text={t(isNarrowed ? 'noneSuch' : 'none', { kind: pick(kind?.title ?? {}) })}
        action={isNarrowed ? <Button onClick={() => patch({ text: undefined, scope: undefined, offset: undefined })}>{t('showAll')}</Button> : null}
      />
    )
  }
  return (
    <Panel title={pick(kind?.title ?? {})} extra={t('total', { count: page.total })}>
      <DataTable
        label={t('tabs.list')}
        rows={page.items}
        rowKey={(row) => row.code}
        columns={[
          {
            key: 'name',
            title: t('name'),
            isName: true,
            cell: (row) => (
              <span className="row">
                <PageLink to={toPage.body(row.code)}>{row.name}</PageLink>
                <DemoTag demo={row.demo} />
              </span>
            ),
          },
          { key: 'region', title: t('region'), cell: (row) => (row.region ? <span title={row.region}>{nameOf(row.region)}</span> : <Unknown />) },
          { key: 'code', title: t('code'), cell: (row) => <code className="small code">{row.code}</code> },
        ]}
      />
      <div className="after-table">
        <Pager page={page} />
      </div>
    </Panel>
  )
}

/** Choose a kind; kinds stand under their class. */
export function KindPicker({ kinds, chosen, onChoose }: { kinds: KindRow[]; chosen?: string; onChoose: (kind: string) => void }) {
  const { t } = useTranslation('bodies')
  const pick = usePick()
  const groups = CLASSES.map((name) => ({
    label: t(`classes.${name}`),
    options: kinds.filter((one) => one.body_class === name).map((one) => ({ value: one.name, label: pick(one.title) })),
  })).filter((group) => group.options.length)
  return (
    <Select
      className="kind-picker"
      aria-label={t('kind')}
      showSearch={{ optionFilterProp: 'label' }}
      value={chosen}
      options={groups}
      onChange={onChoose}
    />
  )
}

function Find({ text, onFind }: { text: string; onFind: (text: string) => void }) {
  const { t } = useTranslation('bodies')
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
