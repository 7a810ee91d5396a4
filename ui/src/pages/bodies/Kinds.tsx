import { Button, Tag } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress } from '../../shared/address'
import { DataTable } from '../../shared/DataTable'
import { Panel } from '../../shared/PageHead'
import { type Answer, useRead } from '../../shared/reading'
import { useMay } from '../../shared/session'
import { useSourceTitle } from '../../shared/sourceTitles'
import { Shown } from '../../shared/states'
import { usePick } from '../../shared/words'
import type { KindRow } from './Bodies'
import { KindAct, type KindActing, KindActs } from './acts'
import { AttributeForm, KindForm } from './forms'

export type Kind = Answer<'/api/v1/kinds/{kind}'>
export type Attribute = Answer<'/api/v1/kinds/{kind}'>['declared'][number]

/** The kinds of bodies on the left, the attributes of one of them on the right. */
export function Kinds({ kinds }: { kinds: KindRow[] }) {
  const { t } = useTranslation('bodies')
  const pick = usePick()
  const mayAdd = useMay('system:write')
  const [{ of }, patch] = useAddress()
  const [isAdding, setIsAdding] = useState(false)
  const chosen = kinds.find((one) => one.name === of) ?? kinds.find((one) => one.own) ?? kinds[0]
  return (
    <div className="bodies-split">
      <Panel
        title={t('tabs.kinds')}
        extra={mayAdd ? <Button size="small" type="primary" onClick={() => setIsAdding(!isAdding)}>{t('addKind')}</Button> : t('total', { count: kinds.length })}
      >
        {isAdding ? <KindForm onDone={(name) => { setIsAdding(false); if (name) patch({ of: name }) }} /> : null}
        {mayAdd ? null : <p className="faint small">{t('whoAdds')}</p>}
        <DataTable
          label={t('tabs.kinds')}
          rows={kinds.toSorted((one, other) => Number(other.own) - Number(one.own) || one.body_class.localeCompare(other.body_class))}
          rowKey={(row) => row.name}
          chosen={chosen?.name}
          columns={[
            {
              key: 'title',
              title: t('kind'),
              isName: true,
              cell: (row) => (
                <span className="tags">
                  <Button type="link" size="small" className="plain-link" onClick={() => patch({ of: row.name }, true)}>{pick(row.title)}</Button>
                  {row.own ? <Tag color="blue">{t(row.open ? 'open' : 'own')}</Tag> : null}
                  {row.withdrawn ? <Tag>{t('withdrawn')}</Tag> : null}
                </span>
              ),
            },
            { key: 'class', title: t('class'), cell: (row) => t(`classes.${row.body_class}`) },
            { key: 'attributes', title: t('attributes'), isNumber: true, cell: (row) => row.attributes },
          ]}
        />
      </Panel>
      {chosen ? <OneKind key={chosen.name} name={chosen.name} mayAdd={mayAdd} /> : null}
    </div>
  )
}

function OneKind({ name, mayAdd }: { name: string; mayAdd: boolean }) {
  const { t } = useTranslation('bodies')
  const pick = usePick()
  const query = useRead('/api/v1/kinds/{kind}', { path: { kind: name } }, { keep: true })
  const [isAdding, setIsAdding] = useState(false)
  const [act, setAct] = useState<KindActing | null>(null)
  const nameOf = useSourceTitle()
  return (
    <Shown query={query} rows={8}>
      {(kind) => (
        <Panel
          title={`${pick(kind.title)} · ${kind.name}`}
          extra={
            mayAdd ? (
              <span className="row">
                {kind.own ? <KindActs one={kind} onAct={setAct} /> : null}
                <Button size="small" onClick={() => setIsAdding(!isAdding)}>{t('addAttribute')}</Button>
              </span>
            ) : null
          }
        >
          {kind.withdrawn ? <p className="faint">{t('withdrawnSays')}</p> : null}
          {act ? <KindAct key={`${act.act}/${act.attribute?.name}`} kind={kind} acting={act} onDone={() => setAct(null)} /> : null}
          {isAdding ? <AttributeForm kind={kind.name} onDone={() => setIsAdding(false)} /> : null}
          <DataTable<Attribute>
            label={t('attributes')}
            rows={kind.declared}
            rowKey={(row) => row.name}
            columns={[
              {
                key: 'title',
                title: t('attribute'),
                isName: true,
                cell: (row) => (
                  <span className="tags">
                    {pick(row.title)} {row.own ? <Tag color="blue">{t('own')}</Tag> : null}
                    {row.withdrawn ? <Tag>{t('withdrawn')}</Tag> : null}
                  </span>
                ),
              },
              { key: 'name', title: t('nameInData'), cell: (row) => <code className="small code">{row.name}</code> },
              { key: 'type', title: t('type'), cell: (row) => `${t(`types.${row.type}`)}${row.many ? ` · ${t('many')}` : ''}` },
              { key: 'unit', title: t('unit'), cell: (row) => row.unit ?? '' },
              {
                key: 'authority',
                title: t('order'),
                cell: (row) => (
                  <span className="tags">
                    <span className="small">{row.authority.map(nameOf).join(' › ')}</span>
                    {row.authority_own ? <Tag color="blue">{t('ownOrder')}</Tag> : null}
                  </span>
                ),
              },
              { key: 'label', title: t('label'), isMinor: true, cell: (row) => (row.label ? t(`labels.${row.label}`) : '') },
              ...(mayAdd
                ? [{ key: 'acts', title: t('acts'), cell: (row: Attribute) => <KindActs one={row} attribute={row} onAct={setAct} /> }]
                : []),
            ]}
          />
        </Panel>
      )}
    </Shown>
  )
}
