import { useTranslation } from 'react-i18next'
import { toPage } from '../../shared/codes'
import { DataTable } from '../../shared/DataTable'
import { Unknown } from '../../shared/marks'
import { Panel } from '../../shared/PageHead'
import { PageLink } from '../../shared/PageLink'
import { usePick } from '../../shared/words'
import type { ImportData } from './Report'

type FirmChange = ImportData['differences']['firms'][number]

/** What the import changes, or changed: by field, and firm by firm. */
export function Differences({ data }: { data: ImportData }) {
  const { t } = useTranslation('imports')
  const pick = usePick()
  const { differences } = data
  return (
    <>
      <Panel title={t('diff.fields')} testId="import-fields">
        <DataTable
          label={t('diff.fields')}
          rows={differences.fields}
          rowKey={(field) => field.attribute}
          columns={[
            { key: 'field', title: t('diff.field'), isName: true, cell: (field) => pick(field.title) },
            { key: 'added', title: t('diff.added'), isNumber: true, cell: (field) => field.added },
            { key: 'changed', title: t('diff.changed'), isNumber: true, cell: (field) => field.changed },
            { key: 'ended', title: t('diff.ended'), isNumber: true, cell: (field) => field.ended },
            { key: 'same', title: t('diff.same'), isNumber: true, cell: (field) => field.same },
          ]}
        />
      </Panel>
      {differences.firms.length ? (
        <Panel
          title={t('diff.firms', { count: differences.firms_total })}
          extra={differences.firms_total > differences.firms.length ? t('diff.firstFirms', { count: differences.firms.length }) : null}
          testId="import-firms"
        >
          <div className="long-table">
            <DataTable<FirmChange>
              label={t('diff.firms', { count: differences.firms_total })}
              rows={differences.firms}
              rowKey={(firm) => String(firm.row)}
              columns={[
                { key: 'row', title: t('errors.row'), isNumber: true, width: 72, cell: (firm) => firm.row },
                {
                  key: 'name',
                  title: t('diff.firm'),
                  isName: true,
                  cell: (firm) => (firm.code ? <PageLink to={toPage.firm(firm.code)}>{firm.name}</PageLink> : firm.name),
                },
                { key: 'outcome', title: t('diff.outcome'), cell: (firm) => t(`outcome.${firm.outcome}`) },
                { key: 'fields', title: t('diff.what'), isWide: true, cell: (firm) => <Fields firm={firm} /> },
              ]}
            />
          </div>
        </Panel>
      ) : null}
    </>
  )
}

function Fields({ firm }: { firm: FirmChange }) {
  const pick = usePick()
  const changed = firm.fields.filter((field) => field.outcome !== 'same')
  return (
    <ul className="change-lines">
      {changed.map((field) => (
        <li key={field.attribute}>
          <span className="faint">{pick(field.title)}</span>{' '}
          {firm.outcome === 'new' ? null : (
            <>
              {field.before ?? <Unknown />} <span aria-hidden>→</span>{' '}
            </>
          )}
          {field.after ?? <Unknown />}
        </li>
      ))}
    </ul>
  )
}
