import { useTranslation } from 'react-i18next'
import { useAddress } from '../../shared/address'
import { type Column, DataTable } from '../../shared/DataTable'
import { writeInstant } from '../../shared/figures'
import { Panel } from '../../shared/PageHead'
import { Pager } from '../../shared/Pager'
import { type Answer, useRead } from '../../shared/reading'
import { EmptyNote, Shown } from '../../shared/states'
import { comma } from '../../shared/words'

type Checkpoint = Answer<'/api/v1/ledger/{log}/checkpoints'>['items'][number]

/** Every signed checkpoint with those who vouch for it. */
export function Checkpoints({ log }: { log: string }) {
  const { t } = useTranslation('ledger')
  const [{ offset }] = useAddress()
  const query = useRead(
    '/api/v1/ledger/{log}/checkpoints',
    { path: { log }, query: { limit: 20, offset: Number(offset) || 0 } },
    { at: {}, keep: true },
  )
  const columns: Column<Checkpoint>[] = [
    { key: 'size', title: t('checkpoint.size'), isNumber: true, width: 96, cell: (one) => one.size },
    { key: 'at', title: t('checkpoint.at'), isName: true, cell: (one) => writeInstant(one.at) },
    { key: 'cosigned', title: t('checkpoint.cosigned'), cell: (one) => one.cosigned.map((by) => by.name).join(comma()) || '—' },
    { key: 'stamps', title: t('checkpoint.stamped'), cell: (one) => one.stamps.map((by) => writeInstant(by.at)).join(comma()) || '—' },
    { key: 'root', title: t('checkpoint.root'), isMinor: true, cell: (one) => <code>{one.root}</code> },
  ]
  return (
    <Panel title={t('checkpoint.title')} extra={t('checkpoint.says')} testId="ledger-checkpoints">
      <Shown query={query} rows={6}>
        {(page) =>
          page.items.length ? (
            <>
              <DataTable label={t('checkpoint.title')} columns={columns} rows={page.items} rowKey={(one) => String(one.size)} />
              <div className="after-table">
                <Pager page={page} />
              </div>
            </>
          ) : (
            <EmptyNote text={t('checkpoint.none')} />
          )
        }
      </Shown>
    </Panel>
  )
}
