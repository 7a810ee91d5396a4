import { Drawer } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Moment } from '../shared/moment'

/** What differs between the moment chosen and now. */
export function CompareDrawer({ open, onClose, moment }: { open: boolean; onClose: () => void; moment: Moment }) {
  const { t } = useTranslation('app')
  return (
    <Drawer open={open} onClose={onClose} title={t('time.compare')} size={520}>
      {moment.validAt}
    </Drawer>
  )
}
