import { Checkbox } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Column, DataTable } from '../../shared/DataTable'
import { FactValue } from '../../shared/FactCard'
import { writeDay, writeInstant } from '../../shared/figures'
import { BasisTag, Unknown } from '../../shared/marks'
import { Panel } from '../../shared/PageHead'
import { type Answer, useRead } from '../../shared/reading'
import { EmptyNote, Shown } from '../../shared/states'
import { usePick } from '../../shared/words'

type FactOut = Answer<'/api/v1/bodies/{code}/history'>['items'][number]

/** Every fact ever recorded, also those no longer believed. */
export function History({ code }: { code: string }) {
  const { t } = useTranslation('firm')
  const query = useRead('/api/v1/bodies/{code}/history', { path: { code } })
  const [isOldOnly, setIsOldOnly] = useState(false)
  return (
    <Panel
      title={t('tabs.history')}
      extra={
        <Checkbox checked={isOldOnly} onChange={(event) => setIsOldOnly(event.target.checked)}>
          {t('oldOnly')}
        </Checkbox>
      }
    >
      <Shown query={query} rows={8}>
        {(list) => <Rows facts={list.items.filter((fact) => !isOldOnly || fact.known_to !== null)} />}
      </Shown>
    </Panel>
  )
}

function Rows({ facts }: { facts: FactOut[] }) {
  const { t } = useTranslation('firm')
  const pick = usePick()
  const sorted = facts.toSorted((one, other) => other.known_from.localeCompare(one.known_from))
  const columns: Column<FactOut>[] = [
    { key: 'known', title: t('knownFrom'), cell: (fact) => writeInstant(fact.known_from) },
    { key: 'to', title: t('knownTo'), cell: (fact) => writeInstant(fact.known_to) ?? <span className="faint">{t('still')}</span> },
    { key: 'attribute', title: t('attribute'), isName: true, cell: (fact) => pick(fact.title) },
    { key: 'value', title: t('value'), cell: (fact) => <FactValue fact={fact} /> },
    { key: 'valid', title: t('validFrom'), cell: (fact) => writeDay(fact.valid_from, fact.precision) ?? <Unknown /> },
    { key: 'basis', title: t('basis'), cell: (fact) => <BasisTag basis={fact.basis} /> },
    {
      key: 'why',
      title: t('why'),
      isMinor: true,
      cell: (fact) => (
        <span className="small">
          {pick(fact.source_title)}
          <br />
          <span className="faint">
            {fact.changed_by} · {fact.change_reason}
          </span>
        </span>
      ),
    },
  ]
  if (!sorted.length) return <EmptyNote text={t('noHistory')} />
  return <DataTable label={t('tabs.history')} columns={columns} rows={sorted} rowKey={(fact) => String(fact.fact)} />
}
