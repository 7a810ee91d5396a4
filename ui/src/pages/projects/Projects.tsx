import { Checkbox, Input, Segmented, Switch } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress } from '../../shared/address'
import { toPage } from '../../shared/codes'
import { writeInstant } from '../../shared/figures'
import { PageHead } from '../../shared/PageHead'
import { PageLink } from '../../shared/PageLink'
import { Pager } from '../../shared/Pager'
import { type Answer, useRead } from '../../shared/reading'
import { EmptyNote, Shown } from '../../shared/states'
import { usePick } from '../../shared/words'
import { Board } from './Board'
import { ProjectTable } from './ProjectTable'
import './projects.css'

export type ProjectPage = Answer<'/api/v1/projects'>
export type ProjectRow = ProjectPage['items'][number]
const PAGE = 50
const BOARD = 200

/** Projects and leads: a board by stage, or a list. */
export default function Projects() {
  const { t } = useTranslation('projects')
  const [{ view, stage, text, overdue, deleted, offset }, patch] = useAddress()
  const isList = view === 'list' || Boolean(stage)
  const query = useRead(
    '/api/v1/projects',
    {
      query: {
        stage: isList ? stage : undefined,
        text: text || undefined,
        overdue: overdue === '1' ? true : undefined,
        deleted: deleted === '1',
        sort: isList ? 'changed' : 'days',
        limit: isList ? PAGE : BOARD,
        offset: isList ? Number(offset) || 0 : 0,
      },
    },
    { keep: true },
  )
  return (
    <div className="page" data-testid="projects">
      <PageHead
        title={t('title')}
        says={t('says')}
        actions={
          <Segmented
            aria-label={t('view.label')}
            value={isList ? 'list' : 'board'}
            options={[
              { value: 'board', label: t('view.board') },
              { value: 'list', label: t('view.list') },
            ]}
            onChange={(next) => patch({ view: next === 'list' ? 'list' : undefined, stage: undefined, offset: undefined })}
          />
        }
      />
      <div className="row">
        <Find key={text ?? ''} text={text ?? ''} onFind={(next) => patch({ text: next || undefined, offset: undefined })} />
        <span className="row">
          <Switch size="small" checked={overdue === '1'} onChange={(on) => patch({ overdue: on ? '1' : undefined })} aria-label={t('overdueOnly')} />
          {t('overdueOnly')}
        </span>
        <Checkbox checked={deleted === '1'} onChange={(event) => patch({ deleted: event.target.checked ? '1' : undefined })}>
          {t('deletedOnly')}
        </Checkbox>
      </div>
      <Shown query={query} rows={10}>
        {(page) => <Listing page={page} isList={isList} stage={stage} isNarrowed={Boolean(text || overdue === '1' || deleted === '1')} onStage={(next) => patch({ stage: next, view: 'list', offset: undefined })} />}
      </Shown>
    </div>
  )
}

function Find({ text, onFind }: { text: string; onFind: (text: string) => void }) {
  const { t } = useTranslation('projects')
  const [typed, setTyped] = useState(text)
  return (
    <Input.Search className="find" allowClear value={typed} aria-label={t('find')} placeholder={t('find')} onChange={(event) => setTyped(event.target.value)} onSearch={(next) => onFind(next.trim())} />
  )
}

function Listing({
  page,
  isList,
  stage,
  isNarrowed,
  onStage,
}: {
  page: ProjectPage
  isList: boolean
  stage?: string
  isNarrowed: boolean
  onStage: (stage: string | undefined) => void
}) {
  const { t } = useTranslation('projects')
  const pick = usePick()
  const all = page.stages.reduce((sum, one) => sum + one.count, 0)
  if (!all && !page.items.length) {
    if (isNarrowed) return <EmptyNote text={t('noMatch')} />
    return <EmptyNote text={t('none')} action={<PageLink to={toPage.targets()}>{t('noneWay')}</PageLink>} />
  }
  return (
    <>
      <div className="stage-strip" role="group" aria-label={t('byStage')}>
        <button type="button" aria-pressed={isList && !stage} onClick={() => onStage(undefined)}>
          {t('all')} <strong>{all}</strong>
        </button>
        {page.stages.map((one) => (
          <button key={one.stage} type="button" aria-pressed={stage === one.stage} data-testid={`stage-${one.stage}`} onClick={() => onStage(one.stage)}>
            {pick(one.title)} <strong>{one.count}</strong>
          </button>
        ))}
        {page.overdue ? <span className="overdue-note">{t('overdue', { count: page.overdue })}</span> : null}
      </div>
      {isList ? (
        <>
          <ProjectTable rows={page.items} />
          <Pager page={page} />
        </>
      ) : (
        <Board page={page} />
      )}
      <p className="faint small">{t('asOf', { at: writeInstant(page.valid_at), known: writeInstant(page.known_at) })}</p>
    </>
  )
}
