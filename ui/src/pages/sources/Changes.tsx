import { useTranslation } from 'react-i18next'
import { useAddress } from '../../shared/address'
import { type Column, DataTable } from '../../shared/DataTable'
import { writeInstant } from '../../shared/figures'
import { Panel } from '../../shared/PageHead'
import { Pager } from '../../shared/Pager'
import { type Answer, useRead } from '../../shared/reading'
import { useSourceTitle } from '../../shared/sourceTitles'
import { EmptyNote, Shown } from '../../shared/states'

type Change = Answer<'/api/v1/changes'>['items'][number]

/** Every change of one's own tenant: when, who, why, from what. */
export function Changes() {
  const { t } = useTranslation('sources')
  const [{ offset }] = useAddress()
  const query = useRead('/api/v1/changes', { query: { limit: 50, offset: Number(offset) || 0 } }, { keep: true })
  const titleOf = useSourceTitle()
  const columns: Column<Change>[] = [
    { key: 'number', title: t('change.number'), isNumber: true, width: 72, cell: (change) => change.number },
    { key: 'at', title: t('change.at'), cell: (change) => writeInstant(change.at) },
    { key: 'actor', title: t('change.actor'), cell: (change) => change.actor },
    { key: 'reason', title: t('change.reason'), isName: true, cell: (change) => change.reason },
    { key: 'source', title: t('source'), cell: (change) => titleOf(change.source) },
    { key: 'opened', title: t('change.opened'), isNumber: true, cell: (change) => change.opened },
    { key: 'closed', title: t('change.closed'), isNumber: true, cell: (change) => change.closed },
    { key: 'bodies', title: t('change.bodies'), isNumber: true, isMinor: true, cell: (change) => change.bodies },
  ]
  return (
    <Panel title={t('tabs.changes')} extra={t('changesSays')} testId="changes">
      <Shown query={query} rows={8}>
        {(page) =>
          page.items.length ? (
            <>
              <DataTable label={t('tabs.changes')} columns={columns} rows={page.items} rowKey={(change) => String(change.number)} />
              <div className="after-table">
                <Pager page={page} />
              </div>
            </>
          ) : (
            <EmptyNote text={t('noChanges')} />
          )
        }
      </Shown>
    </Panel>
  )
}
