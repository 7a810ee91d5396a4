import { useTranslation } from 'react-i18next'
import { useAddress, useMoment } from '../../shared/address'
import { isNow } from '../../shared/moment'
import { PageHead } from '../../shared/PageHead'
import { Notice } from '../../shared/Notice'
import { Columns } from './Columns'
import { Earlier } from './Earlier'
import { Report } from './Report'
import { Send } from './Send'
import './imports.css'

/** A list of firms comes in: template, check, report, confirm; the rows to be mended go back. */
export default function Imports() {
  const { t } = useTranslation('imports')
  const [{ id }, patch] = useAddress()
  const isPresent = isNow(useMoment())
  const number = Number(id) || null
  return (
    <div className="page" data-testid="imports">
      <PageHead title={t('title')} says={t('says')} />
      {isPresent ? null : <Notice kind="warning" title={t('past')} />}
      {number ? (
        <Report number={number} onLeave={() => patch({ id: undefined })} />
      ) : (
        <>
          <Send onChecked={(next) => patch({ id: String(next) })} />
          <Columns />
        </>
      )}
      <Earlier opened={number} onOpen={(next) => patch({ id: String(next) })} />
    </div>
  )
}
