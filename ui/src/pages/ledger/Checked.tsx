import { useTranslation } from 'react-i18next'
import { type Column, DataTable } from '../../shared/DataTable'
import { writeInstant } from '../../shared/figures'
import { Notice } from '../../shared/Notice'
import { Panel } from '../../shared/PageHead'
import { EmptyNote } from '../../shared/states'
import { usePick } from '../../shared/words'
import type { Log } from './Ledger'

type Difference = NonNullable<Log['checked']>['differences'][number]

/** What the latest `chaintwin verify` found. */
export function Checked({ log }: { log: Log }) {
  const { t } = useTranslation('ledger')
  const { checked } = log
  return (
    <Panel
      title={t('checked.title')}
      extra={checked ? t('checked.at', { at: writeInstant(checked.at), count: checked.size }) : null}
      testId="ledger-checked"
    >
      {checked ? <Found checked={checked} /> : <EmptyNote text={t('checked.never')} />}
    </Panel>
  )
}

function Found({ checked }: { checked: NonNullable<Log['checked']> }) {
  const { t } = useTranslation('ledger')
  const pick = usePick()
  const columns: Column<Difference>[] = [
    { key: 'what', title: t('checked.what'), cell: (one) => t(`what.${one.what}`, one.what) },
    { key: 'said', title: t('checked.said'), isName: true, cell: (one) => pick(one.said) },
    { key: 'change', title: t('checked.change'), isNumber: true, cell: (one) => one.change ?? '—' },
    { key: 'body', title: t('checked.body'), cell: (one) => one.body ?? '—' },
    { key: 'file', title: t('checked.file'), cell: (one) => one.file ?? '—' },
  ]
  if (!checked.total) return <Notice kind="success" title={t('checked.good')} />
  return (
    <>
      <Notice kind="error" title={t('checked.bad', { count: checked.total })}>
        <div>{t('checked.wayOut')}</div>
      </Notice>
      <DataTable
        label={t('checked.title')}
        columns={columns}
        rows={checked.differences}
        rowKey={(one) => `${one.what}${one.change}${one.body}${one.file}${one.said.en}`}
      />
    </>
  )
}
