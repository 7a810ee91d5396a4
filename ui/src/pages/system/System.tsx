import { useTranslation } from 'react-i18next'
import { useAddress } from '../../shared/address'
import { PageHead } from '../../shared/PageHead'
import { useMay } from '../../shared/session'
import { TabStrip } from '../../shared/TabStrip'
import { Accounts } from './Accounts'
import { Audit } from './Audit'
import { Numbering } from './Numbering'
import { MapLayer } from './MapLayer'
import { Subscriptions } from './Subscriptions'
import './system.css'

/** What the three administrators and the archivist look after; each sees only their own part. */
export default function System() {
  const { t } = useTranslation('system')
  const [{ tab }, patch] = useAddress()
  const mayGrant = useMay('account:write')
  const mayAudit = useMay('audit:read')
  const maySet = useMay('system:write')
  const mayFile = useMay('archive:write')
  const maySubscribe = useMay('subscription:write')
  const items = [
    mayGrant ? { key: 'accounts', label: t('tabs.accounts'), children: <Accounts /> } : null,
    mayAudit ? { key: 'audit', label: t('tabs.audit'), children: <Audit /> } : null,
    mayFile ? { key: 'numbering', label: t('tabs.numbering'), children: <Numbering /> } : null,
    maySubscribe ? { key: 'subscriptions', label: t('tabs.subscriptions'), children: <Subscriptions /> } : null,
    maySet ? { key: 'map', label: t('tabs.map'), children: <MapLayer /> } : null,
  ].filter((item) => item !== null)
  return (
    <div className="page" data-testid="system">
      <PageHead title={t('title')} says={t('says')} />
      <TabStrip label={t('title')} chosen={tab ?? items[0]?.key} onChoose={(key) => patch({ tab: key, offset: undefined }, true)} tabs={items} />
    </div>
  )
}
