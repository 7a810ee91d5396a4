import { useTranslation } from 'react-i18next'
import { DataTable } from '../../shared/DataTable'
import { writeInstant } from '../../shared/figures'
import { Panel } from '../../shared/PageHead'
import { useRead } from '../../shared/reading'
import { EmptyNote, Shown } from '../../shared/states'

/** Imports made earlier. */
export function Earlier({ opened, onOpen }: { opened: number | null; onOpen: (number: number) => void }) {
  const { t } = useTranslation('imports')
  const query = useRead('/api/v1/imports', { query: { limit: 50 } }, { at: {}, keep: true })
  return (
    <Panel title={t('earlier.title')} testId="earlier-imports">
      <Shown query={query} rows={3}>
        {(page) =>
          page.items.length ? (
            <DataTable
              label={t('earlier.title')}
              rows={page.items}
              rowKey={(row) => String(row.id)}
              chosen={opened === null ? null : String(opened)}
              columns={[
                {
                  key: 'file',
                  title: t('earlier.file'),
                  isName: true,
                  cell: (row) => (
                    <button type="button" className="link-button" onClick={() => onOpen(row.id)}>
                      {row.file_name}
                    </button>
                  ),
                },
                { key: 'state', title: t('earlier.state'), cell: (row) => t(`state.${row.state}`) },
                { key: 'at', title: t('earlier.at'), cell: (row) => writeInstant(row.at) },
                { key: 'by', title: t('earlier.by'), cell: (row) => row.by },
                { key: 'asOf', title: t('earlier.asOf'), cell: (row) => row.as_of },
                { key: 'rows', title: t('report.rows'), isNumber: true, cell: (row) => row.rows },
                { key: 'accepted', title: t('report.accepted'), isNumber: true, cell: (row) => row.accepted },
                { key: 'rejected', title: t('report.rejected'), isNumber: true, cell: (row) => row.rejected },
              ]}
            />
          ) : (
            <EmptyNote text={t('earlier.none')} />
          )
        }
      </Shown>
    </Panel>
  )
}
