import { Button, Input, Select, Switch, Tag } from 'antd'
import { type FormEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client'
import { DataTable } from '../../shared/DataTable'
import { DemoTag } from '../../shared/marks'
import { Panel } from '../../shared/PageHead'
import { type Answer, answered, useChange, useRead } from '../../shared/reading'
import { useMe } from '../../shared/session'
import { ProblemNote, Shown } from '../../shared/states'

type List = Answer<'/api/v1/accounts'>
type Account = List['items'][number]
const LABELS = [0, 1, 2, 3, 4]

/** The accounts of one's own office: make, grant, stop. */
export function Accounts() {
  const { t } = useTranslation('system')
  const { t: app } = useTranslation('app')
  const me = useMe()
  const query = useRead('/api/v1/accounts', {}, { at: {}, keep: true })
  const [isMaking, setIsMaking] = useState(false)
  const change = useChange((given: { id: number; disabled?: boolean; roles?: string[]; labels?: number[] }) => {
    const { id, ...body } = given
    return answered(client.PATCH('/api/v1/accounts/{number}', { params: { path: { number: id } }, body }))
  })
  const columns = (list: List) => [
    {
      key: 'name',
      title: t('accounts.name'),
      isName: true,
      cell: (account: Account) => (
        <span className="tags">
          {account.name} <DemoTag demo={account.demo} />
        </span>
      ),
    },
    { key: 'login', title: t('accounts.login'), cell: (account: Account) => account.login },
    {
      key: 'roles',
      title: t('accounts.roles'),
      // Nobody changes his own roles.
      cell: (account: Account) =>
        account.login === me.login ? (
          account.roles.map((role) => <Tag key={role}>{app(`roles.${role}`, role)}</Tag>)
        ) : (
          <Select
            mode="multiple"
            className="wide-select"
            aria-label={t('accounts.rolesOf', { name: account.name })}
            value={account.roles}
            options={Object.keys(list.roles).map((role) => ({ value: role, label: app(`roles.${role}`, role) }))}
            onChange={(roles: string[]) => change.mutate({ id: account.id, roles })}
          />
        ),
    },
    {
      key: 'labels',
      title: t('accounts.labels'),
      cell: (account: Account) => account.labels.map((label) => <Tag key={label}>{t(`labels.${label}`)}</Tag>),
    },
    {
      key: 'state',
      title: t('accounts.active'),
      cell: (account: Account) => (
        <Switch
          size="small"
          checked={account.disabled_at === null}
          disabled={account.login === me.login}
          aria-label={t('accounts.activeOf', { name: account.name })}
          onChange={(on) => change.mutate({ id: account.id, disabled: !on })}
        />
      ),
    },
  ]
  return (
    <Panel
      title={t('tabs.accounts')}
      extra={
        <Button size="small" type="primary" onClick={() => setIsMaking(!isMaking)}>
          {t('accounts.make')}
        </Button>
      }
    >
      {change.error ? <ProblemNote error={change.error} /> : null}
      <Shown query={query} rows={5}>
        {(list) => (
          <>
            {isMaking ? <Make roles={Object.keys(list.roles)} onDone={() => setIsMaking(false)} /> : null}
            <DataTable label={t('tabs.accounts')} rows={list.items} rowKey={(account) => String(account.id)} columns={columns(list)} />
          </>
        )}
      </Shown>
    </Panel>
  )
}

function Make({ roles, onDone }: { roles: string[]; onDone: () => void }) {
  const { t } = useTranslation('system')
  const { t: app } = useTranslation('app')
  const [login, setLogin] = useState('')
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [given, setGiven] = useState<string[]>(['viewer'])
  const [labels, setLabels] = useState<number[]>([])
  const ids = { login: useId(), name: useId(), password: useId(), roles: useId(), labels: useId() }
  const make = useChange(
    () => answered(client.POST('/api/v1/accounts', { body: { login, name, password, roles: given, labels: labels.length ? labels : undefined } })),
    onDone,
  )
  function submit(event: FormEvent) {
    event.preventDefault()
    make.mutate(undefined)
  }
  return (
    <form className="system-form" onSubmit={submit}>
      <div>
        <label htmlFor={ids.login}>{t('accounts.login')}</label>
        <Input id={ids.login} required value={login} onChange={(event) => setLogin(event.target.value)} />
      </div>
      <div>
        <label htmlFor={ids.name}>{t('accounts.name')}</label>
        <Input id={ids.name} required value={name} onChange={(event) => setName(event.target.value)} />
      </div>
      <div>
        <label htmlFor={ids.password}>{t('accounts.password')}</label>
        <Input.Password id={ids.password} required autoComplete="new-password" value={password} onChange={(event) => setPassword(event.target.value)} />
      </div>
      <div>
        <label htmlFor={ids.roles}>{t('accounts.roles')}</label>
        <Select id={ids.roles} mode="multiple" value={given} options={roles.map((role) => ({ value: role, label: app(`roles.${role}`, role) }))} onChange={setGiven} />
      </div>
      <div>
        <label htmlFor={ids.labels}>{t('accounts.labels')}</label>
        <Select id={ids.labels} mode="multiple" placeholder={t('accounts.usualLabels')} value={labels} options={LABELS.map((label) => ({ value: label, label: t(`labels.${label}`) }))} onChange={setLabels} />
      </div>
      <div className="row">
        <Button type="primary" htmlType="submit" loading={make.isPending} disabled={!given.length}>
          {t('save')}
        </Button>
        <Button onClick={onDone}>{t('cancel')}</Button>
      </div>
      {make.error ? <ProblemNote error={make.error} /> : null}
    </form>
  )
}
