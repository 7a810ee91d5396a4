import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client'
import { useAddress } from '../../shared/address'
import { DataTable } from '../../shared/DataTable'
import { writeInstant } from '../../shared/figures'
import { Panel } from '../../shared/PageHead'
import { Pager } from '../../shared/Pager'
import { answered, useChange, useRead } from '../../shared/reading'
import { EmptyNote, ProblemNote, Shown } from '../../shared/states'
import { usePick } from '../../shared/words'

const PAGE = 50

/** Messages that could not be stored, with the reason and the whole of what was sent. */
export function Aside({ mayWrite }: { mayWrite: boolean }) {
  const { t } = useTranslation('intake')
  const pick = usePick()
  const [{ offset }] = useAddress()
  const skip = Number(offset ?? 0) || 0
  const query = useRead('/api/v1/intake/aside', { query: { limit: PAGE, offset: skip } }, { at: {}, keep: true })
  const settle = useChange((number: number) =>
    answered(client.POST('/api/v1/intake/aside/{number}/settle', { params: { path: { number } } })),
  )
  return (
    <Panel title={t('aside')} extra={<a href="/api/v1/intake/aside.csv" download>{t('download')}</a>} testId="aside">
      {settle.error ? <ProblemNote error={settle.error} /> : null}
      <Shown query={query} rows={6}>
        {(page) =>
          page.items.length ? (
            <>
              <DataTable
                label={t('aside')}
                rows={page.items}
                rowKey={(row) => String(row.number)}
                columns={[
                  { key: 'at', title: t('lastAt'), isName: true, cell: (row) => writeInstant(row.last_at) },
                  { key: 'device', title: t('device'), cell: (row) => row.device },
                  { key: 'why', title: t('why'), isWide: true, cell: (row) => pick(row.why) },
                  { key: 'payload', title: t('payload'), isWide: true, cell: (row) => <code className="intake-payload">{row.payload.slice(0, 300)}</code> },
                  { key: 'times', title: t('times'), isNumber: true, cell: (row) => row.times },
                  ...(mayWrite
                    ? [
                        {
                          key: 'act',
                          title: '',
                          cell: (row: { number: number }) => (
                            <Button size="small" onClick={() => settle.mutate(row.number)} loading={settle.isPending && settle.variables === row.number}>
                              {t('settle')}
                            </Button>
                          ),
                        },
                      ]
                    : []),
                ]}
              />
              <Pager page={page} />
            </>
          ) : (
            <EmptyNote text={t('noAside')} />
          )
        }
      </Shown>
    </Panel>
  )
}
