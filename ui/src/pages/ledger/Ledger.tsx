import { useTranslation } from 'react-i18next'
import { useAddress } from '../../shared/address'
import { PageHead } from '../../shared/PageHead'
import { type Answer, useRead } from '../../shared/reading'
import { Shown } from '../../shared/states'
import { TabStrip } from '../../shared/TabStrip'
import { Checkpoints } from './Checkpoints'
import { Checked } from './Checked'
import { Standing } from './Standing'
import './ledger.css'

export type Log = Answer<'/api/v1/ledger'>['items'][number]

/** Whether what is stored is still what was signed, and who beside us says so. */
export default function Ledger() {
  const { t } = useTranslation('ledger')
  const [{ tab }, patch] = useAddress()
  const query = useRead('/api/v1/ledger', {}, { at: {} })
  return (
    <div className="page" data-testid="ledger">
      <PageHead title={t('title')} says={t('says')} />
      <Shown query={query} rows={8}>
        {({ items }) => (
          <TabStrip
            label={t('title')}
            chosen={tab ?? items[0]?.log}
            onChoose={(key) => patch({ tab: key === items[0]?.log ? undefined : key, offset: undefined }, true)}
            tabs={items.map((log) => ({ key: log.log, label: log.log === 'public' ? t('public') : log.title, children: <OneLog log={log} /> }))}
          />
        )}
      </Shown>
    </div>
  )
}

function OneLog({ log }: { log: Log }) {
  return (
    <div className="ledger-parts">
      <Standing log={log} />
      <Checked log={log} />
      <Checkpoints log={log.log} />
    </div>
  )
}
