import { Button, Popconfirm, Tag } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client'
import { type Column, DataTable } from '../../shared/DataTable'
import { writeInstant } from '../../shared/figures'
import { Notice } from '../../shared/Notice'
import { Panel } from '../../shared/PageHead'
import { type Answer, answered, useChange, useRead } from '../../shared/reading'
import { EmptyNote, ProblemNote, Shown } from '../../shared/states'
import { useToast } from '../../shared/toast'
import { TokenForm } from './TokenForm'

type Token = Answer<'/api/v1/session/tokens'>['items'][number]

/** The access tokens of one's own: made, seen at work, revoked. */
export function Tokens() {
  const { t } = useTranslation('account')
  const query = useRead('/api/v1/session/tokens', {}, { at: {}, keep: true })
  const [isMaking, setIsMaking] = useState(false)
  const [token, setToken] = useState<string | null>(null)
  return (
    <Panel
      title={t('tokens')}
      testId="tokens"
      extra={
        <Button size="small" type="primary" data-testid="make-token" aria-expanded={isMaking} onClick={() => setIsMaking(!isMaking)}>
          {t('make')}
        </Button>
      }
    >
      <p className="faint account-says">{t('tokensSay')}</p>
      {token ? <Once token={token} onClose={() => setToken(null)} /> : null}
      {isMaking ? (
        <TokenForm
          onDone={(made) => {
            setIsMaking(false)
            setToken(made)
          }}
        />
      ) : null}
      <Shown query={query} rows={3}>
        {(list) => (list.items.length ? <List items={list.items} /> : isMaking ? null : <EmptyNote text={t('none')} />)}
      </Shown>
      <How />
    </Panel>
  )
}

function Once({ token, onClose }: { token: string; onClose: () => void }) {
  const { t } = useTranslation('account')
  const say = useToast()
  async function copy() {
    await navigator.clipboard.writeText(token)
    say(t('copied'))
  }
  return (
    <Notice
      kind="success"
      title={t('once')}
      action={
        <span className="row">
          {window.isSecureContext ? (
            <Button size="small" onClick={() => void copy()}>
              {t('copy')}
            </Button>
          ) : null}
          <Button size="small" onClick={onClose}>
            {t('kept')}
          </Button>
        </span>
      }
    >
      <code className="account-token" data-testid="token">
        {token}
      </code>
    </Notice>
  )
}

function List({ items }: { items: Token[] }) {
  const { t } = useTranslation('account')
  const revoke = useChange((id: number) => answered(client.DELETE('/api/v1/session/tokens/{number}', { params: { path: { number: id } } })))
  const columns: Column<Token>[] = [
    {
      key: 'name',
      title: t('tokenName'),
      isName: true,
      cell: (one) => (
        <>
          {one.name}
          <div className="faint small code">{one.beginning}…</div>
        </>
      ),
    },
    { key: 'scope', title: t('scope'), cell: (one) => t(`scopes.${one.scope}`) },
    { key: 'state', title: t('state'), cell: (one) => <Tag color={one.state === 'valid' ? 'green' : 'default'}>{t(`states.${one.state}`)}</Tag> },
    { key: 'made', title: t('made'), cell: (one) => writeInstant(one.made_at) },
    { key: 'used', title: t('used'), cell: (one) => writeInstant(one.used_at) ?? <span className="faint">{t('never')}</span> },
    { key: 'ends', title: t('expires'), cell: (one) => writeInstant(one.ends_at) },
    {
      key: 'act',
      title: <span className="screen-reader">{t('revoke')}</span>,
      cell: (one) =>
        one.state === 'valid' ? (
          <Popconfirm title={t('revokeSure')} okText={t('revoke')} cancelText={t('cancel')} onConfirm={() => revoke.mutate(one.id)}>
            <Button size="small" danger aria-label={`${t('revoke')} ${one.name}`}>
              {t('revoke')}
            </Button>
          </Popconfirm>
        ) : null,
    },
  ]
  return (
    <>
      {revoke.error ? <ProblemNote error={revoke.error} /> : null}
      <DataTable label={t('tokens')} columns={columns} rows={items} rowKey={(one) => String(one.id)} />
    </>
  )
}

function How() {
  const { t } = useTranslation('account')
  const here = window.location.origin
  return (
    <details className="account-how">
      <summary>{t('how')}</summary>
      <p>{t('howSays')}</p>
      <pre>{[
        `curl -H "Authorization: Bearer $TOKEN" ${here}/api/v1/firms`,
        `curl -H "Authorization: Bearer $TOKEN" "${here}/ngsi-ld/v1/entities?type=Company"`,
        `GDAL_HTTP_HEADERS="Authorization: Bearer $TOKEN" ogrinfo OAPIF:${here}/ogc/v1`,
      ].join('\n')}</pre>
    </details>
  )
}
