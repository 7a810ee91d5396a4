import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client'
import { useAddress } from '../../shared/address'
import { useMayChange } from '../../shared/changing'
import { type Column, DataTable } from '../../shared/DataTable'
import { writeInstant } from '../../shared/figures'
import { Panel } from '../../shared/PageHead'
import { Pager } from '../../shared/Pager'
import { answered, type Answer, useChange, useRead } from '../../shared/reading'
import { EmptyNote, ProblemNote, Shown } from '../../shared/states'
import { useToast } from '../../shared/toast'

type Ruled = Answer<'/api/v1/identity/rulings'>['items'][number]

/** What one's own office ruled, the latest first; what still stands can be taken back. */
export function Rulings() {
  const { t } = useTranslation('identity')
  const [{ offset }] = useAddress()
  const query = useRead('/api/v1/identity/rulings', { query: { limit: 20, offset: Number(offset) || 0 } }, { keep: true })
  const columns: Column<Ruled>[] = [
    { key: 'at', title: t('ruling.at'), cell: (one) => writeInstant(one.at) },
    { key: 'actor', title: t('ruling.actor'), cell: (one) => one.actor },
    { key: 'said', title: t('ruling.said'), isName: true, cell: (one) => one.reason },
    { key: 'undo', title: t('ruling.undo'), cell: (one) => <Undo ruled={one} /> },
  ]
  return (
    <Panel title={t('tabs.rulings')} extra={t('ruling.says')} testId="identity-rulings">
      <Shown query={query} rows={6}>
        {(page) =>
          page.items.length ? (
            <>
              <DataTable label={t('tabs.rulings')} columns={columns} rows={page.items} rowKey={(one) => String(one.change)} />
              <div className="after-table">
                <Pager page={page} />
              </div>
            </>
          ) : (
            <EmptyNote text={t('noneRuled')} />
          )
        }
      </Shown>
    </Panel>
  )
}

function Undo({ ruled }: { ruled: Ruled }) {
  const { t } = useTranslation('identity')
  const say = useToast()
  const may = useMayChange('fact:rule')
  const undo = useChange(
    () => answered(client.POST('/api/v1/identity/rulings/{change}/undo', { params: { path: { change: ruled.change } } })),
    () => say(t('undone')),
  )
  if (!ruled.standing) return <span className="faint">{t('ruling.gone')}</span>
  if (!may) return null
  return (
    <>
      <Button size="small" loading={undo.isPending} onClick={() => undo.mutate(undefined)} data-testid="undo">
        {t('undo')}
      </Button>
      {undo.error ? <ProblemNote error={undo.error} /> : null}
    </>
  )
}
