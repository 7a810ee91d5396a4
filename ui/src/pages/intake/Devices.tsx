import { Button, Input, Select } from 'antd'
import { type FormEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client'
import { toPage } from '../../shared/codes'
import { DataTable } from '../../shared/DataTable'
import { writeInstant } from '../../shared/figures'
import { DemoTag, Unknown } from '../../shared/marks'
import { Panel } from '../../shared/PageHead'
import { PageLink } from '../../shared/PageLink'
import { type Answer, answered, useChange, useRead } from '../../shared/reading'
import { EmptyNote, ProblemNote, Shown } from '../../shared/states'
import { useToast } from '../../shared/toast'

type Lists = Answer<'/api/v1/intake/devices'>
const LABELS = [0, 1, 2, 3] as const

/** Devices nobody has assigned, each with a form; below them those that were. */
export function Devices({ mayWrite }: { mayWrite: boolean }) {
  const { t } = useTranslation('intake')
  const query = useRead('/api/v1/intake/devices', {}, { at: {}, keep: true })
  return (
    <Shown query={query} rows={6}>
      {(lists) => (
        <div className="series-stack">
          <Panel title={t('unknownDevices')} extra={t('unknownSays')} testId="unknown-devices">
            {lists.unknown.length ? (
              lists.unknown.map((one) => <Unassigned key={one.device} one={one} mayWrite={mayWrite} />)
            ) : (
              <EmptyNote text={t('noUnknown')} />
            )}
          </Panel>
          <Panel title={t('known')} testId="devices">
            {lists.items.length ? <Known items={lists.items} /> : <EmptyNote text={t('noDevices')} />}
          </Panel>
        </div>
      )}
    </Shown>
  )
}

function Unassigned({ one, mayWrite }: { one: Lists['unknown'][number]; mayWrite: boolean }) {
  const { t } = useTranslation('intake')
  return (
    <div className="intake-unknown">
      <div>
        <strong>{one.device}</strong>{' '}
        <span className="faint">{t('waiting', { count: one.messages, at: writeInstant(one.last_at) })}</span>
        <pre className="intake-payload">{one.latest}</pre>
      </div>
      {mayWrite ? <Assign device={one.device} /> : null}
    </div>
  )
}

function Assign({ device }: { device: string }) {
  const { t } = useTranslation('intake')
  const say = useToast()
  const id = useId()
  const [body, setBody] = useState('')
  const [label, setLabel] = useState<(typeof LABELS)[number]>(1)
  const save = useChange(
    () => answered(client.PUT('/api/v1/intake/devices/{device}', { params: { path: { device } }, body: { body: body.trim(), label } })),
    (told) => say(t('assigned', { device, count: told?.opened ?? 0 })),
  )
  function submit(event: FormEvent) {
    event.preventDefault()
    save.mutate(undefined)
  }
  return (
    <form className="intake-form" onSubmit={submit}>
      <div>
        <label htmlFor={id}>{t('watches')}</label>
        <Input id={id} value={body} placeholder={t('watchesHint')} onChange={(event) => setBody(event.target.value)} maxLength={200} />
      </div>
      <div>
        <label htmlFor={`${id}-label`}>{t('label')}</label>
        <Select id={`${id}-label`} value={label} onChange={setLabel} options={LABELS.map((value) => ({ value, label: t(`labels.${value}`) }))} />
      </div>
      <Button type="primary" htmlType="submit" loading={save.isPending} disabled={!body.trim()}>
        {t('assign')}
      </Button>
      {save.error ? <ProblemNote error={save.error} /> : null}
    </form>
  )
}

function Known({ items }: { items: Lists['items'] }) {
  const { t } = useTranslation('intake')
  return (
    <DataTable
      label={t('known')}
      rows={items}
      rowKey={(row) => row.code}
      columns={[
        {
          key: 'device',
          title: t('device'),
          isName: true,
          cell: (row) => (
            <span className="tags">
              {row.device} <DemoTag demo={row.demo} />
            </span>
          ),
        },
        {
          key: 'watches',
          title: t('watches'),
          cell: (row) => (row.watches ? <PageLink to={pageOf(row.watches, row.watches_kind)} search={{ tab: 'series' }}>{row.watches_name}</PageLink> : <Unknown />),
        },
        { key: 'since', title: t('sinceHead'), cell: (row) => writeInstant(row.since) ?? t('always') },
        { key: 'label', title: t('label'), cell: (row) => t(`labels.${row.label}`) },
      ]}
    />
  )
}

function pageOf(code: string, kind: string | null): string {
  return kind === 'Project' ? toPage.project(code) : toPage.firm(code)
}
