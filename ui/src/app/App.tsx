import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { ConfigProvider } from 'antd'
import enUS from 'antd/locale/en_US'
import zhCN from 'antd/locale/zh_CN'
import { useState } from 'react'
import { ProblemError } from '../api/problem'
import { theme } from '../shared/theme'
import { ToastRoom } from '../shared/toast'
import { useLanguage } from '../shared/words'
import { makeRouter } from './router'

function makeQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        refetchOnWindowFocus: false,
        retry: (count, error) =>
          count < 2 && error instanceof ProblemError && (error.status === 0 || error.status >= 502),
      },
    },
  })
}

/** The staff application. */
export function App() {
  const language = useLanguage()
  const [queries] = useState(makeQueries)
  const [router] = useState(makeRouter)
  return (
    <ConfigProvider
      theme={theme}
      locale={language === 'zh' ? zhCN : enUS}
      button={{ autoInsertSpace: false }}
      wave={{ disabled: true }}
    >
      <ToastRoom>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </ToastRoom>
    </ConfigProvider>
  )
}
