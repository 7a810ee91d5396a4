import { Button, Tag } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Evidence } from '../../shared/Figure'
import { writeNumber } from '../../shared/figures'
import { Unknown } from '../../shared/marks'
import { Panel } from '../../shared/PageHead'
import { asShown } from '../../shared/showing'
import { useLanguage } from '../../shared/words'
import type { ProjectData } from './Project'
import { PromiseForm } from './PromiseForm'

export type PromiseRow = ProjectData['promises'][number]

/** What both sides undertook, in two facing columns. */
export function Promises({ project, mayWrite }: { project: ProjectData; mayWrite: boolean }) {
  return (
    <div className="grid-2" data-testid="promises">
      <Side project={project} by="investor" mayWrite={mayWrite} />
      <Side project={project} by="government" mayWrite={mayWrite} />
    </div>
  )
}

function Side({ project, by, mayWrite }: { project: ProjectData; by: 'investor' | 'government'; mayWrite: boolean }) {
  const { t } = useTranslation('project')
  const [open, setOpen] = useState<string | null>(null)
  const rows = project.promises.filter((promise) => promise.by === by)
  return (
    <Panel
      title={t(`promises.${by}`)}
      extra={
        mayWrite ? (
          <Button size="small" onClick={() => setOpen('new')} data-testid={`add-promise-${by}`}>
            {t('promises.add')}
          </Button>
        ) : null
      }
    >
      {open === 'new' ? <PromiseForm project={project} by={by} onClose={() => setOpen(null)} /> : null}
      {rows.length ? (
        <ul className="promise-list">
          {rows.map((promise) => (
            <li key={promise.key}>
              <div className="promise-line">
                <Line promise={promise} asOf={project.valid_at} />
                {mayWrite && open !== promise.key ? (
                  <Button size="small" type="text" onClick={() => setOpen(promise.key)} aria-label={t('promises.changeLabel', { text: promise.text })}>
                    {t('promises.change')}
                  </Button>
                ) : null}
              </div>
              {open === promise.key ? <PromiseForm project={project} by={by} promise={promise} onClose={() => setOpen(null)} /> : null}
            </li>
          ))}
        </ul>
      ) : (
        <p className="faint">{t('promises.none')}</p>
      )}
    </Panel>
  )
}

function Line({ promise, asOf }: { promise: PromiseRow; asOf: string }) {
  const { t } = useTranslation('project')
  const language = useLanguage()
  const text = promise.text ?? ''
  return (
    <div>
      <Evidence title={t('tabs.promisesShort')} figure={asShown({ text: { zh: text, en: text }, facts: [promise.fact], asOf })}>
        {text}
      </Evidence>
      <div className="row small">
        <Tag className={`promise-${promise.overdue ? 'late' : 'status'}`}>{promise.overdue ? `▲ ${t('promises.late')}` : (promise.status ?? <Unknown />)}</Tag>
        <span className="faint">
          {t('promises.due')} {promise.due ?? <Unknown />}
        </span>
        {promise.amount === null ? null : <span className="faint">{writeNumber(promise.amount, promise.unit, language)}</span>}
      </div>
    </div>
  )
}
