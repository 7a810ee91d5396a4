import { useTranslation } from 'react-i18next'
import { useAddress } from '../../shared/address'
import { PageHead } from '../../shared/PageHead'
import { useRead } from '../../shared/reading'
import { useMay } from '../../shared/session'
import { Shown } from '../../shared/states'
import { TabStrip } from '../../shared/TabStrip'
import { Aside } from './Aside'
import { Devices } from './Devices'
import { SendFile } from './SendFile'
import { Settings } from './Settings'
import { Standing } from './Standing'
import './intake.css'

/** How readings of devices and files of points come in, and what waits for a person. */
export default function Intake() {
  const { t } = useTranslation('intake')
  const [{ tab }, patch] = useAddress()
  const mayWrite = useMay('import:write')
  const mayName = useMay('system:write')
  const query = useRead('/api/v1/intake', {}, { at: {}, keep: true })
  return (
    <div className="page" data-testid="intake">
      <PageHead title={t('title')} says={t('says')} />
      <Shown query={query} rows={8}>
        {(intake) => (
          <>
            <Standing intake={intake} />
            <TabStrip
              label={t('title')}
              chosen={tab ?? 'devices'}
              onChoose={(key) => patch({ tab: key === 'devices' ? undefined : key, offset: undefined }, true)}
              tabs={[
                { key: 'devices', label: t('tabs.devices', { count: intake.unknown_devices }), children: <Devices mayWrite={mayWrite} /> },
                { key: 'aside', label: t('tabs.aside', { count: intake.waiting_bad + intake.waiting_unknown }), children: <Aside mayWrite={mayWrite} /> },
                ...(mayWrite ? [{ key: 'file', label: t('tabs.file'), children: <SendFile /> }] : []),
                ...(mayName ? [{ key: 'settings', label: t('tabs.settings'), children: <Settings intake={intake} /> }] : []),
              ]}
            />
          </>
        )}
      </Shown>
    </div>
  )
}
