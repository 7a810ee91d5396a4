import { useTranslation } from 'react-i18next'
import { DataTable } from '../../shared/DataTable'
import { Panel } from '../../shared/PageHead'
import { useRead } from '../../shared/reading'
import { Shown } from '../../shared/states'
import { comma, usePick } from '../../shared/words'

/** The columns of the list and how each is filled in. */
export function Columns() {
  const { t } = useTranslation('imports')
  const pick = usePick()
  const query = useRead('/api/v1/imports/columns')
  return (
    <Panel title={t('columns.title')}>
      <details>
        <summary>{t('columns.show')}</summary>
        <Shown query={query} rows={5}>
          {(list) => (
            <DataTable
              label={t('columns.title')}
              rows={list.items}
              rowKey={(column) => column.attribute + column.head}
              columns={[
                { key: 'head', title: t('columns.head'), isName: true, cell: (column) => `${column.head}${column.required ? ' *' : ''}` },
                { key: 'note', title: t('columns.note'), isWide: true, cell: (column) => pick(column.note) },
                { key: 'example', title: t('columns.example'), cell: (column) => column.example },
                { key: 'words', title: t('columns.words'), isWide: true, cell: (column) => column.words.join(comma()) },
                { key: 'personal', title: t('columns.personal'), cell: (column) => (column.personal ? t('columns.yes') : '') },
              ]}
            />
          )}
        </Shown>
      </details>
    </Panel>
  )
}
