import { useTranslation } from 'react-i18next'
import { toPage } from '../../shared/codes'
import { useAddress, useMoment } from '../../shared/address'
import { NOW } from '../../shared/moment'
import { PageHead } from '../../shared/PageHead'
import { PageLink } from '../../shared/PageLink'
import { useRead } from '../../shared/reading'
import { EmptyNote } from '../../shared/states'
import { AsOf, clockOf } from './AsOf'

/** The project was not on record at the chosen moment: says so, and offers the other clock. */
export function NotThen({ code }: { code: string }) {
  const { t } = useTranslation('project')
  const moment = useMoment()
  const [{ clock }] = useAddress()
  const by = moment.validAt && moment.knownAt ? 'both' : clockOf(moment, clock)
  const query = useRead('/api/v1/projects/{code}', { path: { code } }, { at: NOW })
  return (
    <>
      <PageHead title={query.data?.name ?? t('notThen.title')} actions={<PageLink to={toPage.projects()}>{t('back')}</PageLink>} />
      <div className="dossier-bar">
        <AsOf />
      </div>
      <EmptyNote text={t(`notThen.${by}`)} />
    </>
  )
}
