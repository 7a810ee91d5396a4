import { Button, Input, Modal } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client'
import type { Branch } from './branching'
import { answered, useChange } from './reading'
import { ProblemNote } from './states'
import { useToast } from './toast'

export type Act = 'freeze' | 'thaw' | 'discard' | 'propose' | 'withdraw' | 'refuse'

function perform(act: Act, number: number, reason: string) {
  const given = { params: { path: { number } }, body: { reason } }
  switch (act) {
    case 'freeze':
      return answered(client.POST('/api/v1/branches/{number}/freeze', given))
    case 'thaw':
      return answered(client.POST('/api/v1/branches/{number}/thaw', given))
    case 'discard':
      return answered(client.POST('/api/v1/branches/{number}/discard', given))
    case 'propose':
      return answered(client.POST('/api/v1/branches/{number}/propose', { ...given, body: { reason, decisions: [] } }))
    case 'withdraw':
      return answered(client.POST('/api/v1/branches/{number}/withdraw', given))
    case 'refuse':
      return answered(client.POST('/api/v1/branches/{number}/refuse', given))
  }
}

/** A button for an act on a branch; it asks for the reason first. */
export function BranchAct({
  branch,
  act,
  kind = 'default',
  size = 'middle',
  onDone,
}: {
  branch: Branch
  act: Act
  kind?: 'default' | 'primary' | 'link'
  size?: 'small' | 'middle'
  onDone?: () => void
}) {
  const { t } = useTranslation('shared')
  const [isOpen, setIsOpen] = useState(false)
  const [reason, setReason] = useState('')
  const id = useId()
  const toast = useToast()
  const change = useChange((said: string) => perform(act, branch.number, said), () => {
    toast(t(`branch.did.${act}`, { name: branch.name }))
    setIsOpen(false)
    setReason('')
    onDone?.()
  })
  return (
    <>
      <Button type={kind} size={size} danger={act === 'discard'} onClick={() => setIsOpen(true)} data-testid={`branch-${act}`}>
        {t(`branch.act.${act}`)}
      </Button>
      <Modal open={isOpen} onCancel={() => setIsOpen(false)} title={t(`branch.ask.${act}`, { name: branch.name })} footer={null} destroyOnHidden>
        <form
          className="form branch-form"
          onSubmit={(event) => {
            event.preventDefault()
            change.mutate(reason.trim())
          }}
        >
          <p className="faint">{t(`branch.means.${act}`)}</p>
          <label htmlFor={id}>{t('branch.reason')}</label>
          <Input id={id} value={reason} maxLength={500} autoFocus onChange={(event) => setReason(event.target.value)} data-testid="branch-reason" />
          {change.error ? <ProblemNote error={change.error} /> : null}
          <div className="row">
            <Button type="primary" htmlType="submit" danger={act === 'discard'} disabled={reason.trim().length < 2} loading={change.isPending} data-testid="branch-confirm">
              {t(`branch.act.${act}`)}
            </Button>
            <Button onClick={() => setIsOpen(false)}>{t('branch.cancel')}</Button>
          </div>
        </form>
      </Modal>
    </>
  )
}
