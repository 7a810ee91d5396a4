import { Button, Input, Modal } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client'
import { Evidence } from '../../shared/Figure'
import { Unknown } from '../../shared/marks'
import { answered, useChange, useRead, useShowNow } from '../../shared/reading'
import { asShown } from '../../shared/showing'
import { ProblemNote } from '../../shared/states'
import { usePick } from '../../shared/words'
import type { ProjectData } from './Project'

/** The stages in order, what the next gate needs, and the move to the next stage or back. */
export function StageLine({ project, mayWrite }: { project: ProjectData; mayWrite: boolean }) {
  const { t } = useTranslation('project')
  const pick = usePick()
  const process = useRead('/api/v1/processes/project')
  const [moving, setMoving] = useState<'next' | 'back' | null>(null)
  const stages = process.data?.stages ?? []
  const now = stages.findIndex((stage) => stage.code === project.stage?.code)
  const visitOf = (code: string) => project.stages.findLast((visit) => visit.stage.code === code)
  return (
    <section className="panel stage-panel" data-testid="stage-line">
      <ol className="stage-line">
        {stages.map((stage, position) => {
          const visit = visitOf(stage.code)
          const state = position < now ? 'past' : position === now ? 'now' : 'ahead'
          return (
            <li key={stage.code} className={`stage-${state}`} aria-current={state === 'now' ? 'step' : undefined}>
              <span className="stage-dot" aria-hidden />
              <strong>{pick(stage.title)}</strong>
              <span className="small faint">
                {visit && state !== 'ahead' ? (
                  <Evidence
                    title={pick(stage.title)}
                    figure={asShown({ text: { zh: visit.reason ?? pick(stage.title), en: visit.reason ?? pick(stage.title) }, facts: [visit.fact], asOf: project.valid_at })}
                  >
                    {visit.entered_on ?? t('stage.noDay')}
                  </Evidence>
                ) : null}
              </span>
              {state === 'now' && project.days_in_stage !== null ? (
                <span className={`small ${project.overdue ? 'late-text' : 'faint'}`}>
                  {project.max_days === null
                    ? t('stage.days', { days: project.days_in_stage })
                    : t(project.overdue ? 'stage.late' : 'stage.daysOf', { days: project.days_in_stage, max: project.max_days })}
                </span>
              ) : null}
            </li>
          )
        })}
      </ol>
      {project.gate ? <Gate project={project} gate={project.gate} /> : <p className="faint">{t('gate.last')}</p>}
      {mayWrite ? (
        <div className="row">
          {project.gate?.next ? (
            <Button type="primary" disabled={!project.gate.is_open} onClick={() => setMoving('next')} data-testid="move-next">
              {t('stage.next', { stage: pick(project.gate.next.title) })}
            </Button>
          ) : null}
          {now > 0 ? (
            <Button onClick={() => setMoving('back')} data-testid="move-back">
              {t('stage.back')}
            </Button>
          ) : null}
        </div>
      ) : null}
      {moving ? (
        <Move
          project={project}
          to={moving === 'next' ? (project.gate?.next?.code ?? '') : (stages[now - 1]?.code ?? '')}
          title={pick(moving === 'next' ? project.gate?.next?.title : stages[now - 1]?.title)}
          isBack={moving === 'back'}
          shortest={process.data?.min_reason_length ?? 0}
          onClose={() => setMoving(null)}
        />
      ) : null}
    </section>
  )
}

function Gate({ project, gate }: { project: ProjectData; gate: NonNullable<ProjectData['gate']> }) {
  const { t } = useTranslation('project')
  const pick = usePick()
  const missing = [...gate.fields, ...gate.documents].filter((need) => !need.present)
  return (
    <div className="gate" data-testid="gate">
      <strong>
        {gate.is_open
          ? t('gate.open', { next: pick(gate.next?.title) })
          : t('gate.closed', { next: pick(gate.next?.title), count: missing.length })}
      </strong>
      <Needs title={t('gate.fields')} rows={gate.fields} />
      <Needs title={t('gate.documents')} rows={gate.documents} />
      {gate.note ? <p className="faint small">{gate.note}</p> : null}
      {project.stage ? null : <Unknown />}
    </div>
  )
}

function Needs({ title, rows }: { title: string; rows: { code: string; title: { zh: string; en: string }; present: boolean }[] }) {
  const { t } = useTranslation('project')
  const pick = usePick()
  if (!rows.length) return null
  return (
    <div className="needs">
      <span className="faint">{title}</span>
      <ul>
        {rows.map((need) => (
          <li key={need.code} className={need.present ? 'has' : 'lacks'}>
            <span aria-hidden>{need.present ? '✓' : '○'}</span> {pick(need.title)}
            <span className="screen-reader">{t(need.present ? 'gate.has' : 'gate.lacks')}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}

function Move({
  project,
  to,
  title,
  isBack,
  shortest,
  onClose,
}: {
  project: ProjectData
  to: string
  title: string
  isBack: boolean
  shortest: number
  onClose: () => void
}) {
  const { t } = useTranslation('project')
  const [reason, setReason] = useState('')
  const id = useId()
  const showNow = useShowNow('/api/v1/projects/{code}')
  const move = useChange(
    () =>
      answered(
        client.POST('/api/v1/projects/{code}/stage', {
          params: { path: { code: project.code } },
          body: { to, reason: reason.trim() },
        }),
      ),
    (moved) => {
      showNow((held) => held.code === moved.code, moved)
      onClose()
    },
  )
  return (
    <Modal
      open
      title={t(isBack ? 'stage.backTo' : 'stage.next', { stage: title })}
      okText={t('confirm')}
      cancelText={t('cancel')}
      confirmLoading={move.isPending}
      okButtonProps={{ disabled: isBack && reason.trim().length < shortest }}
      onCancel={onClose}
      onOk={() => move.mutate(undefined)}
    >
      <div className="form">
        <label htmlFor={id}>{isBack ? t('stage.reasonBack', { count: shortest }) : t('stage.reason')}</label>
        <Input.TextArea id={id} rows={3} maxLength={1000} value={reason} onChange={(event) => setReason(event.target.value)} />
        {move.error ? <ProblemNote error={move.error} /> : null}
      </div>
    </Modal>
  )
}
