import { useTranslation } from 'react-i18next'
import { useAddress } from '../../shared/address'
import { PageHead } from '../../shared/PageHead'
import { TabStrip } from '../../shared/TabStrip'
import { Changes } from './Changes'
import { Coverage } from './Coverage'
import { SourceTable } from './SourceTable'

/** Where facts come from, how much of reality they cover, and who changed what. */
export default function Sources() {
  const { t } = useTranslation('sources')
  const [{ tab }, patch] = useAddress()
  return (
    <div className="page" data-testid="sources">
      <PageHead title={t('title')} says={t('says')} />
      <TabStrip label={t('title')}
        chosen={tab ?? 'sources'}
        onChoose={(key) => patch({ tab: key === 'sources' ? undefined : key, offset: undefined }, true)}
        tabs={[
          { key: 'sources', label: t('tabs.sources'), children: <SourceTable /> },
          { key: 'coverage', label: t('tabs.coverage'), children: <Coverage /> },
          { key: 'changes', label: t('tabs.changes'), children: <Changes /> },
        ]}
      />
    </div>
  )
}
