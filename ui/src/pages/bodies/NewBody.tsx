import { PlusOutlined } from '@ant-design/icons'
import { Button, Drawer } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useBranch } from '../../shared/branching'
import { RowsComing } from '../../shared/states'
import { useMayState } from '../../shared/stating'
import { usePick } from '../../shared/words'
import type { KindRow } from './Bodies'

const NewBodyForm = lazy(() => import('./NewBodyForm'))

/** A button that opens the form for a new body of a kind; absent where the reader may not make one. */
export function NewBody({ kind }: { kind: KindRow }) {
  const { t } = useTranslation('bodies')
  const { t: shared } = useTranslation('shared')
  const pick = usePick()
  const [isOpen, setIsOpen] = useState(false)
  const { branch } = useBranch()
  if (!useMayState(kind.name) || kind.withdrawn) return null
  const title = t('newOne', { kind: pick(kind.title) })
  return (
    <>
      <Button type="primary" icon={<PlusOutlined />} onClick={() => setIsOpen(true)} data-testid="new-body">
        {title}
      </Button>
      <Drawer open={isOpen} onClose={() => setIsOpen(false)} title={title} size={520} closable={{ 'aria-label': shared('close') }} destroyOnHidden>
        {branch ? <p className="state-where">{shared('state.inBranch', { name: branch.name })}</p> : null}
        <Suspense fallback={<RowsComing rows={6} />}>
          <NewBodyForm kind={kind.name} onCancel={() => setIsOpen(false)} />
        </Suspense>
      </Drawer>
    </>
  )
}
