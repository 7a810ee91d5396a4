import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client'
import { ProblemError } from '../api/problem'
import { useMayChange } from './changing'
import { type Column, DataTable } from './DataTable'
import { FactValue } from './FactCard'
import { writeInstant } from './figures'
import { NOW } from './moment'
import { Panel } from './PageHead'
import { type Answer, answered, useChange, useRead } from './reading'
import { ReasonForm } from './ReasonForm'
import { useSourceTitle } from './sourceTitles'
import { EmptyNote, ProblemNote, RowsComing, Shown } from './states'
import { useToast } from './toast'
import { differences, type Difference } from './differences'
import { usePick } from './words'

type Change = Answer<'/api/v1/changes'>['items'][number]

const MOST = 100

/** Every change of a body as a version: compare it with now, and go back to it. */
export function Versions({ code }: { code: string }) {
  const { t } = useTranslation('shared')
  const titleOf = useSourceTitle()
  const [chosen, setChosen] = useState<Change | null>(null)
  const query = useRead('/api/v1/changes', { query: { code, limit: MOST } })
  const columns: Column<Change>[] = [
    { key: 'at', title: t('versions.at'), cell: (change) => writeInstant(change.at) },
    { key: 'reason', title: t('versions.reason'), isName: true, cell: (change) => change.reason },
    { key: 'actor', title: t('versions.actor'), cell: (change) => change.actor },
    { key: 'source', title: t('versions.source'), cell: (change) => titleOf(change.source) },
    {
      key: 'compare',
      title: '',
      cell: (change) => (
        <Button size="small" onClick={() => setChosen(change)} data-testid="compare-version">
          {t('versions.compare')}
        </Button>
      ),
    },
  ]
  return (
    <Panel title={t('versions.title')} testId="versions" extra={t('versions.says')}>
      <Shown query={query} rows={6}>
        {(list) =>
          list.items.length ? (
            <>
              {chosen ? <Compared key={chosen.number} code={code} version={chosen} onDone={() => setChosen(null)} /> : null}
              <DataTable label={t('versions.title')} columns={columns} rows={list.items} rowKey={(change) => String(change.number)} chosen={chosen ? String(chosen.number) : null} />
              {list.total > MOST ? <p className="faint small">{t('versions.more', { count: MOST })}</p> : null}
            </>
          ) : (
            <EmptyNote text={t('versions.none')} />
          )
        }
      </Shown>
    </Panel>
  )
}

function Compared({ code, version, onDone }: { code: string; version: Change; onDone: () => void }) {
  const { t } = useTranslation('shared')
  const then = useRead('/api/v1/bodies/{code}', { path: { code } }, { at: { knownAt: version.at } })
  const now = useRead('/api/v1/bodies/{code}', { path: { code } }, { at: NOW })
  const error = [then.error, now.error].find((one) => one && !(one instanceof ProblemError && one.status === 404))
  if (error) return <ProblemNote error={error} />
  if (then.isPending || now.isPending) return <RowsComing rows={3} />
  return (
    <section className="version-compared" data-testid="version-compared">
      <h3>{t('versions.compareOf', { at: writeInstant(version.at) })}</h3>
      <Beside found={differences(then.data?.attributes ?? [], now.data?.attributes ?? [])} />
      <Restore code={code} version={version} onDone={onDone} />
    </section>
  )
}

function Beside({ found }: { found: Difference[] }) {
  const { t } = useTranslation('shared')
  const pick = usePick()
  if (!found.length) return <p className="faint">{t('versions.same')}</p>
  const columns: Column<Difference>[] = [
    { key: 'attribute', title: t('versions.attribute'), isName: true, cell: (row) => pick(row.title) },
    { key: 'then', title: t('versions.then'), cell: (row) => (row.before ? <FactValue fact={row.before} /> : t('none')) },
    { key: 'now', title: t('versions.now'), cell: (row) => (row.after ? <FactValue fact={row.after} /> : t('none')) },
  ]
  return <DataTable label={t('versions.compare')} columns={columns} rows={found} rowKey={(row) => row.key} />
}

function Restore({ code, version, onDone }: { code: string; version: Change; onDone: () => void }) {
  const { t } = useTranslation('shared')
  const say = useToast()
  const may = useMayChange('fact:rule')
  const [isAsking, setIsAsking] = useState(false)
  const restore = useChange(
    (reason: string) =>
      answered(client.POST('/api/v1/bodies/{code}/restore', { params: { path: { code } }, body: { known_at: version.at, reason } })),
    (done) => {
      onDone()
      say(t('versions.restored', { opened: done.opened, closed: done.closed }))
    },
  )
  if (!may) return null
  if (isAsking) return <ReasonForm label={t('versions.restoreWhy')} isBusy={restore.isPending} error={restore.error} onCancel={() => setIsAsking(false)} onDone={(reason) => restore.mutate(reason)} />
  return (
    <Button onClick={() => setIsAsking(true)} data-testid="restore-version">
      {t('versions.restore')}
    </Button>
  )
}
