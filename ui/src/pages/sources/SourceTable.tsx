import { useTranslation } from 'react-i18next'
import { DataTable } from '../../shared/DataTable'
import { writeInstant } from '../../shared/figures'
import { EvaluationOnlyTag, Unknown } from '../../shared/marks'
import { Panel } from '../../shared/PageHead'
import { type Answer, useRead } from '../../shared/reading'
import { EmptyNote, Shown } from '../../shared/states'
import { usePick } from '../../shared/words'

type Source = Answer<'/api/v1/sources'>['items'][number]

/** Every source: licence, latest load, rows. */
export function SourceTable() {
  const { t } = useTranslation('sources')
  const { t: shared } = useTranslation('shared')
  const pick = usePick()
  const query = useRead('/api/v1/sources', {}, { keep: true })
  return (
    <Panel title={t('tabs.sources')}>
      <Shown query={query} rows={6}>
        {(list) =>
          list.items.length ? (
            <DataTable<Source>
              label={t('tabs.sources')}
              rows={list.items}
              rowKey={(source) => source.name}
              columns={[
                {
                  key: 'title',
                  title: t('source'),
                  isName: true,
                  cell: (source) => (
                    <>
                      {pick(source.title)}
                      <div className="faint small">{source.name}</div>
                    </>
                  ),
                },
                {
                  key: 'licence',
                  title: t('licence'),
                  cell: (source) => (
                    <span className="tags">
                      {source.licence ? shared(`licences.${source.licence}`, source.licence) : <Unknown />} <EvaluationOnlyTag isSo={source.evaluation_only} />
                    </span>
                  ),
                },
                { key: 'rank', title: t('rank'), isNumber: true, cell: (source) => source.rank },
                { key: 'loaded', title: t('loaded'), isWide: true, cell: (source) => <Loaded loaded={source.loaded} /> },
                { key: 'coverage', title: t('coverage'), isNumber: true, cell: (source) => source.coverage.length },
              ]}
            />
          ) : (
            <EmptyNote text={t('noSources')} />
          )
        }
      </Shown>
    </Panel>
  )
}

interface LoadRecord {
  as_of?: string | null
  owner?: string
  tables?: Record<string, { rows?: number }>
  notes?: Record<string, number>
}

function Loaded({ loaded }: { loaded: unknown }) {
  const { t } = useTranslation('sources')
  if (!loaded || typeof loaded !== 'object') return <span className="faint">{t('byHand')}</span>
  const { as_of, tables, notes } = loaded as LoadRecord
  return (
    <span className="small">
      {Object.entries(tables ?? {})
        .map(([name, table]) => t('table', { name: t(`tables.${name}`, name), rows: table.rows ?? 0 }))
        .join('；')}
      {as_of ? <div className="faint">{t('asOf', { at: writeInstant(as_of) })}</div> : null}
      {Object.entries(notes ?? {}).map(([note, count]) => (
        <div key={note} className="faint">
          {note}：{String(count)}
        </div>
      ))}
    </span>
  )
}
