import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ProblemError } from '../../api/problem'
import { useAddress } from '../../shared/address'
import { read } from '../../shared/reading'
import { RowsComing } from '../../shared/states'
import { speak, useLanguage } from '../../shared/words'
import { LogInForm } from './LogInForm'
import { PasswordForm } from './PasswordForm'
import './login.css'

/** Log in, or change the password when it is the one-time one. */
export default function Login() {
  const { t } = useTranslation('login')
  const language = useLanguage()
  const queries = useQueryClient()
  const router = useRouter()
  const [{ from, change }] = useAddress()
  const [used, setUsed] = useState('')
  const session = useQuery({ queryKey: ['session'], queryFn: () => read('/api/v1/session'), staleTime: Infinity })
  const isOut = session.error instanceof ProblemError && session.error.status === 401
  const isIn = session.data !== undefined && !isOut
  const mustChange = isIn && (session.data.must_change || change === '1')

  async function enter() {
    await queries.resetQueries()
    router.history.push(from?.startsWith('/') && !from.startsWith('//') && !from.startsWith('/login') ? from : '/')
  }

  return (
    <div className="login">
      <main className="login-box">
        <div className="login-head">
          <img src="/mark.svg" width={36} height={36} alt="" />
          <div>
            <h1>{t('title')}</h1>
            <p className="faint">{t('says')}</p>
          </div>
        </div>
        {session.isPending && !isOut ? <RowsComing rows={3} /> : null}
        {mustChange ? (
          <PasswordForm old={used} isForced={session.data.must_change} onDone={() => void enter()} onLeave={() => void enter()} />
        ) : session.isPending ? null : (
          <LogInForm
            onDone={(me, password) => {
              setUsed(password)
              queries.setQueryData(['session'], me)
              if (!me.must_change) void enter()
            }}
          />
        )}
        <Button
          type="link"
          className="login-language"
          lang={language === 'zh' ? 'en' : 'zh-CN'}
          onClick={() => void speak(language === 'zh' ? 'en' : 'zh')}
        >
          {language === 'zh' ? 'English' : '中文'}
        </Button>
      </main>
    </div>
  )
}
