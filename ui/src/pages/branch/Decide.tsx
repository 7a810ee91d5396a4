import { Button, Input, Segmented } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client'
import { BranchAct } from '../../shared/BranchAct'
import type { Branch, Difference } from '../../shared/branching'
import { MAIN_NOW } from '../../shared/moment'
import { Panel } from '../../shared/PageHead'
import { answered, useChange, useRead } from '../../shared/reading'
import { ProblemNote, Shown } from '../../shared/states'
import { useToast } from '../../shared/toast'
import { usePick } from '../../shared/words'
import { SaidValue } from './SaidValue'

type Take = 'branch' | 'parent'
type Taken = Record<string, Take>
const MOST = 500

function placeOf(one: Difference): string {
  return JSON.stringify([one.body.code, one.attribute, one.key])
}

/** Where somebody else's proposal is decided: each conflict first, then all of it. */
export function Decide({ branch, conflicts }: { branch: Branch; conflicts: number }) {
  const { t } = useTranslation('branch')
  const toast = useToast()
  const [taken, setTaken] = useState<Taken>({})
  const [reason, setReason] = useState('')
  const id = useId()
  const approve = useChange(
    () =>
      answered(
        client.POST('/api/v1/branches/{number}/approve', {
          params: { path: { number: branch.number } },
          body: {
            reason: reason.trim(),
            decisions: Object.entries(taken).map(([place, take]) => {
              const [body, attribute, key] = JSON.parse(place) as [string, string, string]
              return { body, attribute, key, take }
            }),
          },
        }),
      ),
    () => toast(t('merged', { name: branch.name })),
  )
  const left = conflicts - Object.keys(taken).length
  return (
    <Panel title={t('decide')} extra={t('decideSays')} testId="decide">
      {conflicts ? <Conflicts branch={branch} taken={taken} onTake={(place, take) => setTaken({ ...taken, [place]: take })} /> : null}
      <form
        className="form branch-form"
        onSubmit={(event) => {
          event.preventDefault()
          approve.mutate(undefined)
        }}
      >
        <label htmlFor={id}>{t('opinion')}</label>
        <Input id={id} value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} data-testid="opinion" />
        {approve.error ? <ProblemNote error={approve.error} /> : null}
        <div className="row">
          <Button type="primary" htmlType="submit" disabled={reason.trim().length < 2 || left > 0} loading={approve.isPending} data-testid="approve">
            {t('approve')}
          </Button>
          <BranchAct branch={branch} act="refuse" />
          {left > 0 ? <span className="faint">{t('left', { count: left })}</span> : null}
        </div>
      </form>
    </Panel>
  )
}

function Conflicts({ branch, taken, onTake }: { branch: Branch; taken: Taken; onTake: (place: string, take: Take) => void }) {
  const { t } = useTranslation('branch')
  const query = useRead(
    '/api/v1/branches/{number}',
    { path: { number: branch.number }, query: { limit: MOST, offset: 0 } },
    { at: MAIN_NOW, keep: true },
  )
  return (
    <Shown query={query} rows={3}>
      {(whole) => {
        const found = whole.items.filter((one) => one.conflict)
        const first = found.filter((one, at) => found.findIndex((other) => placeOf(other) === placeOf(one)) === at)
        return (
          <ul className="conflict-list" aria-label={t('conflicts', { count: first.length })}>
            {first.map((one) => (
              <Conflict key={placeOf(one)} one={one} take={taken[placeOf(one)]} onTake={(take) => onTake(placeOf(one), take)} />
            ))}
          </ul>
        )
      }}
    </Shown>
  )
}

function Conflict({ one, take, onTake }: { one: Difference; take: Take | undefined; onTake: (take: Take) => void }) {
  const { t } = useTranslation('branch')
  const pick = usePick()
  const after = one.steps.at(-1)?.after ?? null
  return (
    <li data-testid="conflict">
      <div>
        <strong>{one.body.name}</strong> · {pick(one.title)}
      </div>
      <div className="conflict-sides">
        <span>
          <span className="faint">{t('parentNow')}</span> <SaidValue value={one.shown_now} attribute={one.attribute} />
        </span>
        <span>
          <span className="faint">{t('branchSays')}</span> <SaidValue value={after} attribute={one.attribute} />
        </span>
      </div>
      <Segmented<Take | ''>
        aria-label={t('take')}
        value={take ?? ''}
        options={[
          { value: 'parent', label: t('keepParent') },
          { value: 'branch', label: t('takeBranch') },
        ]}
        onChange={(value) => (value ? onTake(value) : undefined)}
      />
    </li>
  )
}
