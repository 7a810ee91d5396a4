import { useTranslation } from 'react-i18next'
import { type Column, DataTable } from '../../shared/DataTable'
import { FactValue } from '../../shared/FactCard'
import { Evidence } from '../../shared/Figure'
import { writeDay, writeInstant } from '../../shared/figures'
import { BasisTag, EvaluationOnlyTag, Unknown } from '../../shared/marks'
import { Panel } from '../../shared/PageHead'
import { REGIONS, useRegionName } from '../../shared/regionNames'
import { asShown } from '../../shared/showing'
import { EmptyNote } from '../../shared/states'
import { usePick } from '../../shared/words'
import type { BodyData } from './Body'

type Attribute = BodyData['attributes'][number]
type Held = Attribute['values'][number]
interface Row {
  attribute: Attribute
  held: Held
  isFirst: boolean
}

/** What is held true of the body, each value with its source and both clocks. */
export function Attributes({ body }: { body: BodyData }) {
  const { t } = useTranslation('body')
  const pick = usePick()
  const rows = body.attributes.flatMap((attribute) => attribute.values.map((held, position) => ({ attribute, held, isFirst: !position })))
  if (!rows.length) return <EmptyNote text={t('noFacts')} />
  const columns: Column<Row>[] = [
    { key: 'attribute', title: t('attribute'), isName: true, cell: (row) => (row.isFirst ? pick(row.attribute.title) : '') },
    {
      key: 'value',
      title: t('value'),
      cell: (row) => (
        <span className="row">
          <Value body={body} row={row} />
          <span className="tags">
            <BasisTag basis={row.held.basis} />
            <EvaluationOnlyTag isSo={row.held.evaluation_only} />
          </span>
        </span>
      ),
    },
    { key: 'source', title: t('source'), cell: (row) => pick(row.held.source_title) },
    { key: 'valid', title: t('validFrom'), cell: (row) => writeDay(row.held.valid_from, row.held.precision) ?? <Unknown /> },
    { key: 'known', title: t('knownFrom'), isMinor: true, cell: (row) => writeInstant(row.held.known_from) },
  ]
  return (
    <Panel title={t('tabs.facts')}>
      <DataTable label={t('tabs.facts')} columns={columns} rows={rows} rowKey={(row) => `${row.attribute.name}${row.held.fact}`} />
    </Panel>
  )
}

function Value({ body, row: { attribute, held } }: { body: BodyData; row: Row }) {
  const { t } = useTranslation('body')
  const pick = usePick()
  const nameOf = useRegionName()
  const geometry = geometryType(held.value)
  const place = REGIONS.has(attribute.name) && typeof held.value === 'string' ? nameOf(held.value) : null
  const text = geometry ? t('geometryOf', { type: geometry }) : (held.ref?.name ?? String(held.value ?? ''))
  const title = { zh: held.source_title.zh ?? held.source, en: held.source_title.en ?? held.source }
  const refer = { ...held, body: body.code, says: `${attribute.title.zh ?? attribute.name}：${text}`, attribute: attribute.name, source_title: title, demo: held.basis === 'demo' }
  return (
    <Evidence title={pick(attribute.title)} figure={{ ...asShown({ text: { zh: text, en: text }, facts: [refer], asOf: body.valid_at }), basis: held.basis }}>
      {geometry ? text : place ? <span title={text}>{place}</span> : <FactValue fact={{ ...held, unit: held.unit ?? attribute.unit }} />}
    </Evidence>
  )
}

function geometryType(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('type' in value)) return null
  return 'coordinates' in value || 'geometries' in value ? String(value.type) : null
}
