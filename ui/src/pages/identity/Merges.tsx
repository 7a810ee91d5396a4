import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client'
import { useAddress } from '../../shared/address'
import { useMayChange } from '../../shared/changing'
import { writeInstant } from '../../shared/figures'
import { Panel } from '../../shared/PageHead'
import { PageLink } from '../../shared/PageLink'
import { Pager } from '../../shared/Pager'
import { answered, type Answer, useChange, useRead } from '../../shared/reading'
import { ReasonForm } from '../../shared/ReasonForm'
import { EmptyNote, Shown } from '../../shared/states'
import { useToast } from '../../shared/toast'
import { writeSaid } from './sides'

type Merge = Answer<'/api/v1/identity/merges'>['items'][number]
const SHOWN = ['credit_code', 'registered_address', 'founded_on']

/** Records that are shown as one firm; a member can be split off again. */
export function Merges() {
  const { t } = useTranslation('identity')
  const [{ offset }] = useAddress()
  const query = useRead('/api/v1/identity/merges', { query: { limit: 20, offset: Number(offset) || 0 } }, { keep: true })
  return (
    <Shown query={query} rows={8}>
      {(page) =>
        page.items.length ? (
          <div className="pairs-to-judge" data-testid="identity-merges">
            {page.items.map((merge) => (
              <OneMerge key={merge.code} merge={merge} />
            ))}
            <Pager page={page} />
          </div>
        ) : (
          <EmptyNote text={t('noneMerged')} />
        )
      }
    </Shown>
  )
}

function OneMerge({ merge }: { merge: Merge }) {
  const { t } = useTranslation('identity')
  const say = useToast()
  const may = useMayChange('fact:rule')
  const [member, setMember] = useState<string | null>(null)
  const split = useChange(
    (given: { member: string; reason: string }) => answered(client.POST('/api/v1/identity/splits', { body: given })),
    () => {
      setMember(null)
      say(t('splitDone'))
    },
  )
  return (
    <Panel
      testId="identity-merge"
      title={<PageLink to={`/firms/${encodeURIComponent(merge.code)}`}>{merge.name}</PageLink>}
      extra={
        <span>
          {t('mergedOf', { count: merge.members.length })} · {t(merge.ruled ? 'byPerson' : 'byModel', { weight: merge.weight.toFixed(1) })} ·{' '}
          {writeInstant(merge.since)}
        </span>
      }
    >
      <ul className="plain-list merge-members">
        {merge.members.map((one) => (
          <li key={one.code}>
            <div className="row merge-member">
              <span>
                {one.name} <span className="faint small">{t(one.own ? 'own' : 'public')}</span>
                <span className="faint merge-said">
                  {one.values
                    .filter((value) => SHOWN.includes(value.attribute))
                    .map(writeSaid)
                    .join(' · ')}
                </span>
              </span>
              {may ? (
                <Button size="small" onClick={() => setMember(one.code)} data-testid="split">
                  {t('split')}
                </Button>
              ) : null}
            </div>
            {member === one.code ? (
              <ReasonForm
                label={t('splitWhy', { name: one.name })}
                isBusy={split.isPending}
                error={split.error}
                onCancel={() => setMember(null)}
                onDone={(reason) => split.mutate({ member: one.code, reason })}
              />
            ) : null}
          </li>
        ))}
      </ul>
    </Panel>
  )
}
