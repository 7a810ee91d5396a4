import { useTranslation } from 'react-i18next'
import { toPage } from '../../shared/codes'
import { DataTable } from '../../shared/DataTable'
import { Panel } from '../../shared/PageHead'
import { PageLink } from '../../shared/PageLink'
import { useRead } from '../../shared/reading'
import { useSourceTitle } from '../../shared/sourceTitles'
import { EmptyNote, Shown } from '../../shared/states'
import { usePick } from '../../shared/words'

/** What the body points to and what points to it. */
export function Relations({ code }: { code: string }) {
  const { t } = useTranslation('body')
  const pick = usePick()
  const titleOf = useSourceTitle()
  const query = useRead('/api/v1/bodies/{code}/relations', { path: { code }, query: { limit: 200 } })
  return (
    <Shown query={query} rows={6}>
      {(graph) => {
        const names = new Map(graph.nodes.map((node) => [node.code, node]))
        const rows = graph.edges.map((edge, position) => ({
          id: String(position),
          edge,
          isOut: edge.from_code === code,
          other: names.get(edge.from_code === code ? edge.to_code : edge.from_code),
        }))
        if (!rows.length) return <EmptyNote text={t('noRelations')} />
        return (
          <Panel title={t('tabs.relations')} extra={t('total', { count: graph.total })}>
            <DataTable
              label={t('tabs.relations')}
              rows={rows}
              rowKey={(row) => row.id}
              columns={[
                { key: 'how', title: t('relation'), cell: (row) => `${row.isOut ? '→' : '←'} ${pick(row.edge.title)}` },
                { key: 'who', title: t('other'), isName: true, cell: (row) => (row.other ? <PageLink to={toPage.body(row.other.code)}>{row.other.name}</PageLink> : '') },
                { key: 'note', title: t('note'), cell: (row) => row.edge.note ?? '' },
                { key: 'source', title: t('source'), isMinor: true, cell: (row) => titleOf(row.edge.source) },
              ]}
            />
          </Panel>
        )
      }}
    </Shown>
  )
}
