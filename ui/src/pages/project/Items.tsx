import { Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client'
import { type Column, DataTable } from '../../shared/DataTable'
import { useEvidence } from '../../shared/evidence'
import { writeBytes, writeInstant } from '../../shared/figures'
import { DemoTag, Unknown } from '../../shared/marks'
import { answered, useChange } from '../../shared/reading'
import { asShown } from '../../shared/showing'
import { ProblemNote } from '../../shared/states'
import { usePick } from '../../shared/words'
import type { DossierData } from './Dossier'
import type { ProjectData } from './Project'

type Item = DossierData['items'][number]

/** The filing list: number, title, time, hash; the original to download. */
export function Items({ project, items, mayWithdraw }: { project: ProjectData; items: Item[]; mayWithdraw: boolean }) {
  const { t } = useTranslation('project')
  const pick = usePick()
  const open = useEvidence()
  const [leaving, setLeaving] = useState<string | null>(null)
  const columns: Column<Item>[] = [
    {
      key: 'number',
      title: t('items.number'), isWide: true,
      cell: (item) => (
        <button
          type="button"
          className="evidence file-number"
          onClick={() => open({ title: item.file_number, figure: asShown({ text: { zh: item.title, en: item.title }, facts: [item.fact], asOf: item.filed_at }) })}
        >
          {item.file_number}
        </button>
      ),
    },
    {
      key: 'title',
      title: t('items.title'),
      isName: true,
      cell: (item) => (
        <>
          <span className="row">
            <a href={`/api/v1/projects/${encodeURIComponent(project.code)}/files/${encodeURIComponent(item.code)}`} download={item.original.file_name} className={item.withdrawn ? 'withdrawn' : ''}>
              {item.title}
            </a>
            <DemoTag demo={item.demo} />
          </span>
          {item.withdrawn ? <div className="small withdrawn-note">{t('items.withdrawn', { at: writeInstant(item.withdrawn_at), why: item.withdrawn })}</div> : null}
          {leaving === item.code ? <Withdraw project={project} item={item} onClose={() => setLeaving(null)} /> : null}
        </>
      ),
    },
    { key: 'type', title: t('items.type'), cell: (item) => pick(item.type_title) },
    { key: 'formed', title: t('items.formed'), cell: (item) => item.formed_on ?? <Unknown /> },
    { key: 'filed', title: t('items.filed'), cell: (item) => writeInstant(item.filed_at) },
    { key: 'label', title: t('items.label'), cell: (item) => item.label },
    { key: 'retention', title: t('items.retention'), isMinor: true, cell: (item) => item.retention },
    {
      key: 'hash',
      title: t('items.hash'),
      cell: (item) => (
        <span className="hash" title={`SHA-256 ${item.original.sha256}\nSM3 ${item.original.sm3}`}>
          {item.original.sha256.slice(0, 12)}…
        </span>
      ),
    },
    { key: 'size', title: t('items.size'), isNumber: true, isMinor: true, cell: (item) => writeBytes(item.original.size) },
    ...(mayWithdraw
      ? [
          {
            key: 'act',
            title: <span className="screen-reader">{t('items.act')}</span>,
            cell: (item: Item) =>
              item.withdrawn || item.change !== null ? null : (
                <Button size="small" type="text" onClick={() => setLeaving(item.code)} aria-label={t('items.withdrawLabel', { title: item.title })}>
                  {t('items.withdraw')}
                </Button>
              ),
          },
        ]
      : []),
  ]
  return <DataTable label={t('dossier.title')} columns={columns} rows={items} rowKey={(item) => item.code} />
}

function Withdraw({ project, item, onClose }: { project: ProjectData; item: Item; onClose: () => void }) {
  const { t } = useTranslation('project')
  const [reason, setReason] = useState('')
  const send = useChange(
    () =>
      answered(
        client.POST('/api/v1/projects/{code}/files/{item}/withdraw', {
          params: { path: { code: project.code, item: item.code } },
          body: { reason: reason.trim() },
        }),
      ),
    onClose,
  )
  return (
    <form
      className="form inline-form"
      onSubmit={(event) => {
        event.preventDefault()
        send.mutate(undefined)
      }}
    >
      <Input aria-label={t('items.why')} placeholder={t('items.why')} value={reason} onChange={(event) => setReason(event.target.value)} />
      <div className="row">
        <Button size="small" type="primary" danger htmlType="submit" disabled={!reason.trim()} loading={send.isPending}>
          {t('items.withdraw')}
        </Button>
        <Button size="small" onClick={onClose}>
          {t('cancel')}
        </Button>
      </div>
      {send.error ? <ProblemNote error={send.error} /> : null}
    </form>
  )
}
