import { Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client'
import { FactValue } from '../../shared/FactCard'
import { Evidence } from '../../shared/Figure'
import { BasisTag, Unknown } from '../../shared/marks'
import { Panel } from '../../shared/PageHead'
import { answered, useChange } from '../../shared/reading'
import { asShown } from '../../shared/showing'
import { ProblemNote } from '../../shared/states'
import { usePick } from '../../shared/words'
import { EditField, isEditable } from './EditField'
import type { ProjectData } from './Project'

export type Field = ProjectData['fields'][number]
const APART = new Set(['promise', 'recommendation', 'stage', 'stage_reason', 'demo', 'remark', 'code'])

/** Every field of the project with its facts; a field can be set with a reason, which is filed. */
export function Fields({ project, mayWrite }: { project: ProjectData; mayWrite: boolean }) {
  const { t } = useTranslation('project')
  const [editing, setEditing] = useState<string | null>(null)
  const remarks = project.fields.find((field) => field.attribute === 'remark')
  return (
    <div className="grid-2">
      <Panel title={t('tabs.fields')} testId="fields">
        <dl className="pairs">
          {project.fields
            .filter((field) => !APART.has(field.attribute))
            .map((field) => (
              <FieldLine
                key={field.attribute}
                project={project}
                field={field}
                isEditing={editing === field.attribute}
                onEdit={mayWrite && isEditable(field) ? () => setEditing(field.attribute) : null}
                onClose={() => setEditing(null)}
              />
            ))}
        </dl>
      </Panel>
      <Panel title={t('remarks.title')}>
        {remarks?.values.length ? (
          <ul className="plain-list">
            {remarks.values.map((value) => (
              <li key={value.key}>
                <Evidence title={t('remarks.title')} figure={asShown({ text: { zh: String(value.value), en: String(value.value) }, facts: [value.fact], asOf: project.valid_at })}>
                  {String(value.value)}
                </Evidence>
              </li>
            ))}
          </ul>
        ) : (
          <p className="faint">{t('remarks.none')}</p>
        )}
        {mayWrite ? <AddRemark code={project.code} /> : null}
      </Panel>
    </div>
  )
}

function FieldLine({
  project,
  field,
  isEditing,
  onEdit,
  onClose,
}: {
  project: ProjectData
  field: Field
  isEditing: boolean
  onEdit: (() => void) | null
  onClose: () => void
}) {
  const { t } = useTranslation('project')
  const pick = usePick()
  return (
    <div data-field={field.attribute}>
      <dt>{pick(field.title)}</dt>
      <dd>
        <span className="row field-line">
          {field.values.length ? (
            field.values.map((value) => (
              <span key={value.key} className="tags">
                <Evidence title={pick(field.title)} figure={asShown({ text: { zh: String(value.value), en: String(value.value) }, facts: [value.fact], asOf: project.valid_at })}>
                  <FactValue fact={{ value: value.value, unit: field.unit }} />
                </Evidence>
                <BasisTag basis={value.fact.basis} />
              </span>
            ))
          ) : (
            <Unknown />
          )}
          {onEdit && !isEditing ? (
            <Button size="small" type="text" onClick={onEdit} aria-label={t('fields.editLabel', { field: pick(field.title) })}>
              {t('fields.edit')}
            </Button>
          ) : null}
        </span>
        {isEditing ? <EditField project={project} field={field} onClose={onClose} /> : null}
      </dd>
    </div>
  )
}

function AddRemark({ code }: { code: string }) {
  const { t } = useTranslation('project')
  const [text, setText] = useState('')
  const add = useChange(
    () => answered(client.POST('/api/v1/projects/{code}/remarks', { params: { path: { code } }, body: { text: text.trim() } })),
    () => setText(''),
  )
  return (
    <form
      className="form inline-form"
      onSubmit={(event) => {
        event.preventDefault()
        add.mutate(undefined)
      }}
    >
      <Input.TextArea rows={2} aria-label={t('remarks.add')} placeholder={t('remarks.add')} value={text} onChange={(event) => setText(event.target.value)} />
      <div>
        <Button size="small" htmlType="submit" disabled={!text.trim()} loading={add.isPending}>
          {t('remarks.save')}
        </Button>
      </div>
      {add.error ? <ProblemNote error={add.error} /> : null}
    </form>
  )
}
