import { Button, Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FactValue } from '../../shared/FactCard'
import { Evidence } from '../../shared/Figure'
import { writeInstant } from '../../shared/figures'
import { Unknown } from '../../shared/marks'
import { daysBefore, NOW, today } from '../../shared/moment'
import { Panel } from '../../shared/PageHead'
import { type Answer, useRead } from '../../shared/reading'
import { asShown } from '../../shared/showing'
import { EmptyNote, Shown } from '../../shared/states'
import { usePick } from '../../shared/words'
import type { ProjectData } from './Project'

type Data = Answer<'/api/v1/projects/{code}/diff'>
type FieldDifference = Data['fields'][number]

/** What changed in the dossier between two days. */
export function Difference({ project }: { project: ProjectData }) {
  const { t } = useTranslation('project')
  const now = today()
  const [from, setFrom] = useState(daysBefore(now, 1))
  const [to, setTo] = useState(now)
  const [clock, setClock] = useState<'known' | 'valid'>('known')
  const query = useRead('/api/v1/projects/{code}/diff', { path: { code: project.code }, query: { from, to, clock } }, { enabled: Boolean(from && to), keep: true, at: NOW })
  return (
    <Panel title={t('diff.title')} testId="difference">
      <div className="row diff-bar">
        <label className="row">
          {t('diff.from')}
          <input type="date" className="date-input" max={to} value={from} data-testid="diff-from" onChange={(event) => setFrom(event.target.value)} />
        </label>
        <label className="row">
          {t('diff.to')}
          <input type="date" className="date-input" min={from} max={now} value={to} data-testid="diff-to" onChange={(event) => setTo(event.target.value)} />
        </label>
        {[1, 30, 365].map((days) => (
          <Button
            key={days}
            size="small"
            onClick={() => {
              setFrom(daysBefore(now, days))
              setTo(now)
            }}
          >
            {t(`diff.last${days}`)}
          </Button>
        ))}
        <Segmented
          size="small"
          aria-label={t('diff.clock')}
          value={clock}
          options={[
            { value: 'known', label: t('diff.known') },
            { value: 'valid', label: t('diff.valid') },
          ]}
          onChange={(next) => setClock(next as 'known' | 'valid')}
        />
      </div>
      <Shown query={query} rows={5}>
        {(data) => <Changes data={data} project={project} />}
      </Shown>
    </Panel>
  )
}

function Changes({ data, project }: { data: Data; project: ProjectData }) {
  const { t } = useTranslation('project')
  const process = useRead('/api/v1/processes/project')
  const units = new Map(project.fields.map((field) => [field.attribute, field.unit]))
  const stages = new Map(process.data?.stages.map((stage) => [stage.code, stage.title]))
  const isNew = data.fields.length > 0 && data.fields.every((field) => field.before === null)
  const pick = usePick()
  const isSame = !data.fields.length && !data.added.length && !data.withdrawn.length
  return (
    <>
      <p className="faint small">{t('diff.span', { from: writeInstant(data.begin), to: writeInstant(data.end) })}</p>
      {isNew ? <p>{t('diff.new')}</p> : null}
      {isSame ? <EmptyNote text={t('diff.none')} /> : null}
      {data.fields.length ? (
        <div className="table-hold">
          <table className="data-table" aria-label={t('diff.fields')}>
            <thead>
              <tr>
                <th scope="col">{t('diff.field')}</th>
                <th scope="col">{t('diff.before')}</th>
                <th scope="col">{t('diff.after')}</th>
              </tr>
            </thead>
            <tbody>
              {data.fields.map((field) => (
                <tr key={`${field.attribute}/${field.key}`}>
                  <td className="name">{pick(field.title)}</td>
                  <td data-label={t('diff.before')} className="diff-before">
                    <Side field={field} value={field.before} asOf={data.begin} unit={units.get(field.attribute)} stages={stages} />
                  </td>
                  <td data-label={t('diff.after')} className="diff-after">
                    <Side field={field} value={field.after} asOf={data.end} unit={units.get(field.attribute)} stages={stages} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      <ItemList title={t('diff.added', { count: data.added.length })} items={data.added} sign="+" />
      <ItemList title={t('diff.withdrawn', { count: data.withdrawn.length })} items={data.withdrawn} sign="−" />
    </>
  )
}

function Side({
  field,
  value,
  asOf,
  unit,
  stages,
}: {
  field: FieldDifference
  value: FieldDifference['before']
  asOf: string
  unit?: string | null
  stages: Map<string, { zh: string; en: string }>
}) {
  const pick = usePick()
  if (!value) return <Unknown />
  const stage = field.attribute === 'stage' ? stages.get(String(value.value)) : undefined
  const text = typeof value.value === 'object' ? JSON.stringify(value.value) : String(value.value)
  return (
    <Evidence title={pick(field.title)} figure={asShown({ text: { zh: text, en: text }, facts: [value.fact], asOf })}>
      {stage ? pick(stage) : <FactValue fact={{ value: value.value, ref: value.ref, unit }} />}
    </Evidence>
  )
}

function ItemList({ title, items, sign }: { title: string; items: Data['added']; sign: string }) {
  if (!items.length) return null
  return (
    <section className="diff-items">
      <h3>{title}</h3>
      <ul className="plain-list">
        {items.map((item) => (
          <li key={item.code}>
            <span className="diff-sign" aria-hidden>
              {sign}
            </span>{' '}
            <span className="file-number">{item.file_number}</span> {item.title} <span className="faint small">{writeInstant(item.filed_at)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
