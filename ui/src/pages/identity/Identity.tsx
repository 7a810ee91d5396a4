import { useTranslation } from 'react-i18next'
import { useAddress } from '../../shared/address'
import { PageHead } from '../../shared/PageHead'
import { TabStrip } from '../../shared/TabStrip'
import { Merges } from './Merges'
import { Queue } from './Queue'
import { Rulings } from './Rulings'
import './identity.css'

/** Which records are one firm: pairs to rule on, what is merged, what was ruled. */
export default function Identity() {
  const { t } = useTranslation('identity')
  const [{ tab }, patch] = useAddress()
  const tabs = [
    { key: 'queue', label: t('tabs.queue'), children: <Queue later={false} /> },
    { key: 'later', label: t('tabs.later'), children: <Queue later /> },
    { key: 'merges', label: t('tabs.merges'), children: <Merges /> },
    { key: 'rulings', label: t('tabs.rulings'), children: <Rulings /> },
  ]
  return (
    <div className="page" data-testid="identity">
      <PageHead title={t('title')} says={t('says')} />
      <TabStrip
        label={t('title')}
        chosen={tab ?? 'queue'}
        onChoose={(key) => patch({ tab: key === 'queue' ? undefined : key, offset: undefined }, true)}
        tabs={tabs}
      />
    </div>
  )
}
