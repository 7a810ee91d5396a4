import { Button, Drawer } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useBranch } from './branching'
import type { Answer } from './reading'
import { RowsComing } from './states'
import { useMayState } from './stating'

const StateForm = lazy(() => import('./StateForm'))

export type Body = Answer<'/api/v1/bodies/{code}'>

/** A button that opens the form for a value of a body; absent where the reader may not write. */
export function StateValue({ body }: { body: Body }) {
  const { t } = useTranslation('shared')
  const [isOpen, setIsOpen] = useState(false)
  const may = useMayState(body.kind)
  const { branch } = useBranch()
  if (!may) return null
  return (
    <>
      <Button type="primary" onClick={() => setIsOpen(true)} data-testid="state-value">
        {t('state.value')}
      </Button>
      <Drawer open={isOpen} onClose={() => setIsOpen(false)} title={t('state.valueOf', { name: body.name })} size={520} closable={{ 'aria-label': t('close') }} destroyOnHidden>
        {branch ? <p className="state-where">{t('state.inBranch', { name: branch.name })}</p> : null}
        <Suspense fallback={<RowsComing rows={6} />}>
          <StateForm body={body} onDone={() => setIsOpen(false)} />
        </Suspense>
      </Drawer>
    </>
  )
}
