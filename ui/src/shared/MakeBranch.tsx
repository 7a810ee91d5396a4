import { Button, Input } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client'
import type { Branch } from './branching'
import { answered, useChange } from './reading'
import { ProblemNote } from './states'

/** Makes a branch of the main line or of another branch. */
export function MakeBranch({ parent, onMade }: { parent?: Branch; onMade: (branch: Branch) => void }) {
  const { t } = useTranslation('shared')
  const [name, setName] = useState('')
  const [purpose, setPurpose] = useState('')
  const [nameId, purposeId] = [useId(), useId()]
  const make = useChange(
    () =>
      answered(
        client.POST('/api/v1/branches', {
          body: { name: name.trim(), purpose: purpose.trim(), parent: parent?.number ?? 0 },
        }),
      ),
    (made) => {
      setName('')
      setPurpose('')
      onMade(made as Branch)
    },
  )
  return (
    <form
      className="form branch-form"
      onSubmit={(event) => {
        event.preventDefault()
        make.mutate(undefined)
      }}
    >
      <label htmlFor={nameId}>{parent ? t('branch.newOn', { name: parent.name }) : t('branch.new')}</label>
      <Input id={nameId} value={name} maxLength={100} placeholder={t('branch.nameHint')} onChange={(event) => setName(event.target.value)} data-testid="branch-name" />
      <label htmlFor={purposeId}>{t('branch.purpose')}</label>
      <Input id={purposeId} value={purpose} maxLength={1000} onChange={(event) => setPurpose(event.target.value)} />
      {make.error ? <ProblemNote error={make.error} /> : null}
      <div className="row">
        <Button type="primary" htmlType="submit" disabled={!name.trim()} loading={make.isPending} data-testid="make-branch">
          {t('branch.make')}
        </Button>
      </div>
    </form>
  )
}
