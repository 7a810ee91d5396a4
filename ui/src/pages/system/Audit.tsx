import { useTranslation } from 'react-i18next'
import { useAddress } from '../../shared/address'
import { type Column, DataTable } from '../../shared/DataTable'
import { writeInstant } from '../../shared/figures'
import { Panel } from '../../shared/PageHead'
import { Pager } from '../../shared/Pager'
import { type Answer, useRead } from '../../shared/reading'
import { EmptyNote, Shown } from '../../shared/states'

type Act = Answer<'/api/v1/audit'>['items'][number]

/** The labels by their names, an item by its file number and title; anything else as it was recorded. */
function sayDetail(detail: Act['detail'], t: (key: string) => string): string {
  return Object.entries(detail ?? {})
    .map(([key, value]) => {
      if (key === 'labels' || key === 'label') return [value].flat().map((label) => t(`labels.${String(label)}`)).join(' ')
      return key === 'item' ? String(value) : `${key} ${JSON.stringify(value)}`
    })
    .join(' · ')
}

/** Who logged in, read what is labelled, exported or granted. */
export function Audit() {
  const { t } = useTranslation('system')
  const [{ offset }] = useAddress()
  const query = useRead('/api/v1/audit', { query: { limit: 100, offset: Number(offset) || 0 } }, { at: {}, keep: true })
  const columns: Column<Act>[] = [
    { key: 'at', title: t('audit.at'), cell: (act) => writeInstant(act.at) },
    { key: 'login', title: t('audit.who'), cell: (act) => act.login ?? '—' },
    { key: 'action', title: t('audit.action'), isName: true, cell: (act) => t(`actions.${act.action}`, act.action) },
    { key: 'about', title: t('audit.about'), cell: (act) => act.about ?? '' },
    { key: 'detail', title: t('audit.detail'), isMinor: true, cell: (act) => sayDetail(act.detail, t) },
    { key: 'address', title: t('audit.address'), cell: (act) => act.address ?? '' },
  ]
  return (
    <Panel title={t('tabs.audit')} testId="audit">
      <Shown query={query} rows={8}>
        {(page) =>
          page.items.length ? (
            <>
              <DataTable label={t('tabs.audit')} columns={columns} rows={page.items} rowKey={(act) => String(act.id)} />
              <div className="after-table">
                <Pager page={page} />
              </div>
            </>
          ) : (
            <EmptyNote text={t('audit.none')} />
          )
        }
      </Shown>
    </Panel>
  )
}
