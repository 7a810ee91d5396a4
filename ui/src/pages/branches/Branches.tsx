import { useNavigate } from '@tanstack/react-router'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { useMoment } from '../../shared/address'
import { type Branch, isReadable, useBranches, useEnterBranch } from '../../shared/branching'
import { toPage } from '../../shared/codes'
import { DataTable } from '../../shared/DataTable'
import { writeInstant } from '../../shared/figures'
import { MakeBranch } from '../../shared/MakeBranch'
import { isNow } from '../../shared/moment'
import { PageHead, Panel } from '../../shared/PageHead'
import { PageLink } from '../../shared/PageLink'
import { useMay } from '../../shared/session'
import { EmptyNote, ProblemNote, RowsComing } from '../../shared/states'

/** Every what-if of the office: its state, how much it changes, who decides. */
export default function Branches() {
  const { t } = useTranslation('branches')
  const { items, isPending, error, refetch } = useBranches()
  const mayWrite = useMay('branch:write')
  const isPresent = isNow(useMoment())
  const navigate = useNavigate()
  const waiting = items.filter((one) => one.can_decide).length
  const made = (branch: Branch) =>
    void navigate({ to: toPage.branch(branch.number) as never, search: { branch: String(branch.number) } as never })
  return (
    <div className="page" data-testid="branches">
      <PageHead title={t('title')} says={waiting ? t('waiting', { count: waiting }) : t('says')} />
      {mayWrite && isPresent ? (
        <Panel title={t('new')} extra={t('newSays')}>
          <MakeBranch onMade={made} />
        </Panel>
      ) : null}
      <Panel title={t('list')}>
        {error ? <ProblemNote error={error} onRetry={refetch} /> : null}
        {isPending ? <RowsComing rows={4} /> : items.length ? <List items={items} /> : <EmptyNote text={t('none')} />}
      </Panel>
    </div>
  )
}

function List({ items }: { items: Branch[] }) {
  const { t } = useTranslation('branches')
  const { t: shared } = useTranslation('shared')
  const { branch: chosen } = useMoment()
  const enter = useEnterBranch()
  return (
    <DataTable<Branch>
      label={t('list')}
      rows={items}
      rowKey={(one) => String(one.number)}
      chosen={chosen}
      columns={[
        {
          key: 'name',
          title: t('name'),
          isName: true,
          cell: (one) => (
            <>
              <PageLink to={toPage.branch(one.number)}>{one.name}</PageLink>
              {one.purpose ? <div className="faint small">{one.purpose}</div> : null}
            </>
          ),
        },
        { key: 'state', title: t('state'), cell: (one) => <span className={`branch-state ${one.state}`}>{shared(`branch.state.${one.state}`)}</span> },
        { key: 'parent', title: t('parent'), cell: (one) => one.parent_name ?? shared('branch.main') },
        { key: 'forked', title: t('forked'), cell: (one) => writeInstant(one.forked_at) },
        { key: 'by', title: t('by'), isMinor: true, cell: (one) => one.made_by },
        { key: 'bodies', title: t('bodies'), isNumber: true, cell: (one) => one.bodies },
        { key: 'facts', title: t('facts'), isNumber: true, isMinor: true, cell: (one) => one.facts },
        {
          key: 'go',
          title: <span className="screen-reader">{t('go')}</span>,
          cell: (one) =>
            String(one.number) === chosen ? (
              <Button size="small" onClick={() => enter(undefined)}>
                {shared('branch.leave')}
              </Button>
            ) : isReadable(one) ? (
              <Button size="small" onClick={() => enter(one.number)} aria-label={`${shared('branch.enter')} ${one.name}`} data-testid="enter-branch">
                {shared('branch.enter')}
              </Button>
            ) : null,
        },
      ]}
    />
  )
}
