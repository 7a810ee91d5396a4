import { Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import { type Column, DataTable } from '../../shared/DataTable'
import { writeInstant } from '../../shared/figures'
import { Panel } from '../../shared/PageHead'
import { type Answer, useRead } from '../../shared/reading'
import { EmptyNote, Shown } from '../../shared/states'
import { usePick } from '../../shared/words'

type Delivery = Answer<'/api/v1/subscriptions/{number}/deliveries'>['items'][number]

/** The latest tries to send, and what came of each. */
export function Deliveries({ subscription }: { subscription: { id: number; name: string } }) {
  const { t } = useTranslation('system')
  const pick = usePick()
  const query = useRead('/api/v1/subscriptions/{number}/deliveries', { path: { number: subscription.id }, query: { limit: 50 } }, { at: {}, keep: true })
  const columns: Column<Delivery>[] = [
    { key: 'at', title: t('deliveries.at'), isName: true, cell: (one) => writeInstant(one.at) },
    {
      key: 'outcome',
      title: t('deliveries.outcome'),
      cell: (one) => <Tag color={one.outcome.endsWith('failed') ? 'red' : 'green'}>{t(`deliveries.outcomes.${one.outcome}`)}</Tag>,
    },
    { key: 'error', title: t('deliveries.error'), isWide: true, cell: (one) => (one.error ? pick({ ...one.error }) : '') },
    { key: 'events', title: t('deliveries.events'), isNumber: true, cell: (one) => one.events },
    { key: 'status', title: t('deliveries.status'), isNumber: true, cell: (one) => one.status ?? '' },
    { key: 'took', title: t('deliveries.took'), isNumber: true, isMinor: true, cell: (one) => one.took_ms },
    { key: 'changes', title: t('deliveries.changes'), isMinor: true, cell: (one) => writeChanges(one) },
  ]
  return (
    <Panel title={t('deliveries.title', { name: subscription.name })} testId="deliveries">
      <Shown query={query} rows={4}>
        {(page) =>
          page.items.length ? (
            <DataTable label={t('deliveries.title', { name: subscription.name })} columns={columns} rows={page.items} rowKey={(one) => `${one.at}${one.outcome}${one.took_ms}`} />
          ) : (
            <EmptyNote text={t('deliveries.none')} />
          )
        }
      </Shown>
    </Panel>
  )
}

function writeChanges(one: Delivery): string {
  if (one.first_change === null) return ''
  return one.first_change === one.last_change ? String(one.first_change) : `${one.first_change}–${one.last_change}`
}
