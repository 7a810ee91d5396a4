import { Button, Input } from 'antd'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client'
import { answered } from '../../shared/reading'
import { ProblemNote } from '../../shared/states'
import { Notice } from '../../shared/Notice'

/** Change one's password; forced while it is the one-time one. */
export function PasswordForm({
  old,
  isForced,
  onDone,
  onLeave,
}: {
  old: string
  isForced: boolean
  onDone: () => void
  onLeave: () => void
}) {
  const { t } = useTranslation('login')
  const [before, setBefore] = useState(old)
  const [after, setAfter] = useState('')
  const [again, setAgain] = useState('')
  const [error, setError] = useState<unknown>(null)
  const [isBusy, setIsBusy] = useState(false)
  const differs = again !== '' && again !== after

  async function submit(event: FormEvent) {
    event.preventDefault()
    if (after !== again) return
    setIsBusy(true)
    setError(null)
    try {
      await answered(client.POST('/api/v1/session/password', { body: { old: before, new: after } }))
      onDone()
    } catch (reason) {
      setError(reason)
    } finally {
      setIsBusy(false)
    }
  }

  return (
    <form onSubmit={(event) => void submit(event)} className="login-form">
      {isForced ? <Notice kind="warning" title={t('mustChange')} /> : null}
      <label htmlFor="password-old">{t('old')}</label>
      <Input.Password id="password-old" autoComplete="current-password" required value={before} onChange={(event) => setBefore(event.target.value)} />
      <label htmlFor="password-new">{t('new')}</label>
      <Input.Password id="password-new" autoComplete="new-password" required value={after} onChange={(event) => setAfter(event.target.value)} />
      <label htmlFor="password-again">{t('again')}</label>
      <Input.Password id="password-again" autoComplete="new-password" required status={differs ? 'error' : undefined} value={again} onChange={(event) => setAgain(event.target.value)} />
      {differs ? <span className="login-differs">{t('differs')}</span> : null}
      {error ? <ProblemNote error={error} /> : null}
      {isForced ? null : <p className="faint small">{t('tokens')}</p>}
      <Button type="primary" htmlType="submit" block loading={isBusy} disabled={differs}>
        {t('save')}
      </Button>
      {isForced ? null : (
        <Button block onClick={onLeave}>
          {t('cancel')}
        </Button>
      )}
    </form>
  )
}
