import { useQuery } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client'
import { answered, read } from '../../shared/reading'
import type { Me } from '../../shared/session'
import { ProblemNote } from '../../shared/states'
import { Notice } from '../../shared/Notice'

/** Name and password; on this machine also the demo accounts, when the server offers them. */
export function LogInForm({ onDone }: { onDone: (me: Me, password: string) => void }) {
  const { t } = useTranslation('login')
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  const [error, setError] = useState<unknown>(null)
  const [isBusy, setIsBusy] = useState(false)
  const door = useQuery({ queryKey: ['door'], queryFn: () => read('/api/v1/session/door') })
  const demo = door.data?.demo_accounts ?? []

  async function enter(name: string, secret: string) {
    setIsBusy(true)
    setError(null)
    try {
      onDone(await answered(client.POST('/api/v1/session', { body: { login: name, password: secret } })), secret)
    } catch (reason) {
      setError(reason)
    } finally {
      setIsBusy(false)
    }
  }

  function submit(event: FormEvent) {
    event.preventDefault()
    void enter(login, password)
  }

  return (
    <>
      <form onSubmit={submit} className="login-form">
        <label htmlFor="login-name">{t('login')}</label>
        <Input id="login-name" autoComplete="username" autoFocus required value={login} onChange={(event) => setLogin(event.target.value)} />
        <label htmlFor="login-password">{t('password')}</label>
        <Input.Password id="login-password" autoComplete="current-password" required value={password} onChange={(event) => setPassword(event.target.value)} />
        {error ? <ProblemNote error={error} /> : null}
        <Button type="primary" htmlType="submit" block loading={isBusy}>
          {t('enter')}
        </Button>
      </form>
      {demo.length ? (
        <section className="login-demo" aria-label={t('demo')}>
          <Notice kind="info" title={t('demo')}>{t('demoHint')}</Notice>
          <div className="login-demo-list">
            {demo.map((account) => (
              <Button key={account.login} disabled={isBusy} data-testid={`demo-${account.login}`} onClick={() => void enter(account.login, account.password)}>
                {account.name}
              </Button>
            ))}
          </div>
        </section>
      ) : null}
    </>
  )
}
