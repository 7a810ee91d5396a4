import { BranchesOutlined } from '@ant-design/icons'
import { Button, Popover } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMoment } from '../shared/address'
import { BranchAct } from '../shared/BranchAct'
import { isReadable, useBranch, useBranches, useEnterBranch } from '../shared/branching'
import { toPage } from '../shared/codes'
import { MakeBranch } from '../shared/MakeBranch'
import { isNow } from '../shared/moment'
import { PageLink } from '../shared/PageLink'
import { useMay } from '../shared/session'

const MOST_LISTED = 8

/** Chooses the branch every page is seen in: 主线, or a what-if with its own colour. */
export function BranchChooser() {
  const { t } = useTranslation('app')
  const { number, branch } = useBranch()
  const enter = useEnterBranch()
  const may = useMay('firm:read')
  const mayWrite = useMay('branch:write')
  const [isOpen, setIsOpen] = useState(false)
  if (!may) return null
  const name = number ? (branch?.name ?? `#${number}`) : t('branch.main')
  const isOpenBranch = branch?.state === 'open' || branch?.state === 'frozen'
  return (
    <div className="branch-bar" data-testid="branch-bar">
      <Popover
        open={isOpen}
        onOpenChange={setIsOpen}
        trigger="click"
        placement="bottomRight"
        destroyOnHidden
        content={<Chooser chosen={number} onDone={() => setIsOpen(false)} />}
      >
        <Button
          className="branch-chip"
          icon={<BranchesOutlined aria-hidden />}
          aria-label={t('branch.label', { name })}
          aria-expanded={isOpen}
          data-testid="branch-chip"
        >
          <span className="branch-name">{name}</span>
        </Button>
      </Popover>
      {number && branch && isOpenBranch && mayWrite ? (
        <span className="branch-acts wide-only">
          <BranchAct branch={branch} act="propose" size="small" />
          <BranchAct branch={branch} act="discard" size="small" onDone={() => enter(undefined)} />
        </span>
      ) : null}
    </div>
  )
}

function Chooser({ chosen, onDone }: { chosen: string | undefined; onDone: () => void }) {
  const { t } = useTranslation('app')
  const { t: shared } = useTranslation('shared')
  const { items } = useBranches()
  const enter = useEnterBranch()
  const isPast = !isNow(useMoment())
  const mayWrite = useMay('branch:write')
  const readable = items.filter(isReadable)
  function choose(number: number | undefined) {
    enter(number)
    onDone()
  }
  return (
    <div className="branch-chooser" data-testid="branch-chooser">
      <ul>
        <li>
          <button type="button" aria-pressed={!chosen} onClick={() => choose(undefined)}>
            <span>{t('branch.main')}</span>
            <span className="faint small">{t('branch.mainSays')}</span>
          </button>
        </li>
        {readable.slice(0, MOST_LISTED).map((one) => (
          <li key={one.number}>
            <button type="button" aria-pressed={String(one.number) === chosen} onClick={() => choose(one.number)} data-testid="choose-branch">
              <span>{one.name}</span>
              <span className="faint small">
                {shared(`branch.state.${one.state}`)} · {t('branch.size', { count: one.bodies })}
              </span>
            </button>
          </li>
        ))}
      </ul>
      <PageLink to={toPage.branches()} onClick={onDone} data-testid="all-branches">
        {t('branch.all', { count: items.length })}
      </PageLink>
      {mayWrite && !isPast ? <MakeBranch onMade={(made) => choose(made.number)} /> : null}
    </div>
  )
}
