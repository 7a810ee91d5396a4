import { Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import { PageHead, Panel } from '../../shared/PageHead'
import { PageLink } from '../../shared/PageLink'
import { useMe } from '../../shared/session'
import { Tokens } from './Tokens'
import './account.css'

/** Who one is here and what one may read; the tokens with which programs ask in one's name. */
export default function Account() {
  const { t } = useTranslation('account')
  const { t: app } = useTranslation('app')
  const me = useMe()
  return (
    <div className="page" data-testid="account">
      <PageHead title={t('title')} says={t('says')} />
      <Panel title={t('person')} extra={<PageLink to="/login" search={{ change: '1' }}>{app('changePassword')}</PageLink>}>
        <dl className="account-facts">
          <Fact name={t('name')}>{me.name}</Fact>
          <Fact name={t('login')}>{me.login}</Fact>
          <Fact name={t('place')}>{me.place.name}</Fact>
          <Fact name={t('roles')}>
            {me.roles.map((role) => (
              <Tag key={role}>{app(`roles.${role}`, role)}</Tag>
            ))}
          </Fact>
          <Fact name={t('labels')}>
            {me.labels.map((label) => (
              <Tag key={label}>{t(`labelNames.${label}`)}</Tag>
            ))}
          </Fact>
        </dl>
        <p className="faint small">{t('whoChanges')}</p>
      </Panel>
      <Tokens />
    </div>
  )
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
