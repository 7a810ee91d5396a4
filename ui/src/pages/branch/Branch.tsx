import { useParams } from '@tanstack/react-router'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { useAddress, useMoment } from '../../shared/address'
import { BranchAct } from '../../shared/BranchAct'
import { type Branch as BranchData, isReadable, useEnterBranch } from '../../shared/branching'
import { toPage } from '../../shared/codes'
import { writeInstant } from '../../shared/figures'
import { MAIN_NOW } from '../../shared/moment'
import { Notice } from '../../shared/Notice'
import { PageHead, Panel } from '../../shared/PageHead'
import { PageLink } from '../../shared/PageLink'
import { Pager } from '../../shared/Pager'
import { type Answer, useRead } from '../../shared/reading'
import { useMay } from '../../shared/session'
import { EmptyNote, Shown } from '../../shared/states'
import { Decide } from './Decide'
import { Differences } from './Differences'
import './branch.css'

type Whole = Answer<'/api/v1/branches/{number}'>

/** A branch: what it changes, what must be decided, and who decides. */
export default function Branch() {
  const { number } = useParams({ strict: false }) as { number: string }
  const [{ offset }] = useAddress()
  const query = useRead(
    '/api/v1/branches/{number}',
    { path: { number: Number(number) || 0 }, query: { limit: 50, offset: Number(offset) || 0 } },
    { at: MAIN_NOW, keep: true },
  )
  return (
    <div className="page" data-testid="branch">
      <Shown query={query} rows={8}>
        {(whole) => <Body whole={whole} />}
      </Shown>
    </div>
  )
}

function Body({ whole }: { whole: Whole }) {
  const { t } = useTranslation('branch')
  const { branch } = whole
  return (
    <>
      <PageHead title={branch.name} says={<Facts branch={branch} />} actions={<Acts branch={branch} />} />
      {branch.purpose ? <p>{branch.purpose}</p> : null}
      <Standing whole={whole} />
      {branch.can_decide ? <Decide key={branch.number} branch={branch} conflicts={whole.conflicts} /> : null}
      <Write branch={branch} />
      <Panel title={t('differences', { count: whole.total })} extra={t('differencesSays')} testId="differences">
        {whole.items.length ? (
          <>
            <Differences items={whole.items} />
            <div className="after-table">
              <Pager page={whole} />
            </div>
          </>
        ) : (
          <EmptyNote text={t('none')} />
        )}
      </Panel>
    </>
  )
}

/** Where one writes in an open branch: on the pages, seen in it. */
function Write({ branch }: { branch: BranchData }) {
  const { t } = useTranslation('branch')
  const mayWrite = useMay('branch:write')
  if (!mayWrite || branch.state !== 'open') return null
  const here = { branch: String(branch.number) }
  return (
    <Panel title={t('write')} extra={t('writeSays')} testId="branch-write">
      <ul className="branch-write">
        <li><PageLink to={toPage.firms()} search={here}>{t('writeFirms')}</PageLink></li>
        <li><PageLink to={toPage.bodies()} search={here}>{t('writeBodies')}</PageLink></li>
        <li><PageLink to={toPage.chains()} search={here}>{t('writeChains')}</PageLink></li>
      </ul>
    </Panel>
  )
}

function Facts({ branch }: { branch: BranchData }) {
  const { t } = useTranslation('branch')
  const { t: shared } = useTranslation('shared')
  return (
    <span className="branch-facts">
      <span className={`branch-state ${branch.state}`}>{shared(`branch.state.${branch.state}`)}</span>
      <span>{t('forked', { parent: branch.parent_name ?? shared('branch.main'), at: writeInstant(branch.forked_at) })}</span>
      {branch.made_by ? <span>{t('by', { name: branch.made_by })}</span> : null}
      <span>{t('size', { bodies: branch.bodies, facts: branch.facts })}</span>
    </span>
  )
}

function Acts({ branch }: { branch: BranchData }) {
  const { t } = useTranslation('shared')
  const { branch: chosen } = useMoment()
  const enter = useEnterBranch()
  const mayWrite = useMay('branch:write')
  const isHere = chosen === String(branch.number)
  const isChangeable = branch.state === 'open' || branch.state === 'frozen'
  return (
    <>
      <PageLink to={toPage.branches()}>{t('branch.allOfThem')}</PageLink>
      {isHere ? <Button onClick={() => enter(undefined)}>{t('branch.leave')}</Button> : null}
      {!isHere && isReadable(branch) ? (
        <Button onClick={() => enter(branch.number)} data-testid="enter-branch">
          {t('branch.enter')}
        </Button>
      ) : null}
      {mayWrite && branch.state === 'open' ? <BranchAct branch={branch} act="freeze" /> : null}
      {mayWrite && branch.state === 'frozen' ? <BranchAct branch={branch} act="thaw" /> : null}
      {mayWrite && branch.state === 'proposed' ? <BranchAct branch={branch} act="withdraw" /> : null}
      {mayWrite && isChangeable ? <BranchAct branch={branch} act="discard" onDone={() => (isHere ? enter(undefined) : undefined)} /> : null}
      {mayWrite && isChangeable ? <BranchAct branch={branch} act="propose" kind="primary" /> : null}
    </>
  )
}

function Standing({ whole }: { whole: Whole }) {
  const { t } = useTranslation('branch')
  const { branch, conflicts } = whole
  const isLive = branch.state !== 'merged' && branch.state !== 'discarded'
  return (
    <>
      {branch.state === 'proposed' ? (
        <Notice kind="info" title={t('proposed', { name: branch.proposed_by ?? '—' })}>
          <div>{branch.proposal}</div>
        </Notice>
      ) : null}
      {branch.decided_by && branch.state !== 'proposed' ? (
        <Notice kind={branch.state === 'merged' ? 'info' : 'warning'} title={t(branch.state === 'merged' ? 'approved' : 'refused', { name: branch.decided_by })}>
          <div>{branch.decision}</div>
        </Notice>
      ) : null}
      {branch.state === 'discarded' ? <Notice kind="warning" title={t('discarded')}><div>{branch.state_reason}</div></Notice> : null}
      {isLive && conflicts ? <Notice kind="warning" title={t('conflicts', { count: conflicts })}><div>{t('conflictsSay')}</div></Notice> : null}
    </>
  )
}
