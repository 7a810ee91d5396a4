import { Button, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client'
import { useMoment } from '../../shared/address'
import { DataTable } from '../../shared/DataTable'
import { writeInstant } from '../../shared/figures'
import { isNow } from '../../shared/moment'
import { Panel } from '../../shared/PageHead'
import { PageLink } from '../../shared/PageLink'
import { toPage } from '../../shared/codes'
import { type Answer, answered, useChange, useRead } from '../../shared/reading'
import { EmptyNote, ProblemNote, Shown } from '../../shared/states'
import { usePick } from '../../shared/words'
import { useToast } from '../../shared/toast'
import { Notice } from '../../shared/Notice'
import { Differences } from './Differences'

export type ImportData = Answer<'/api/v1/imports/{number}'>

/** What the check found; from here the good rows are written and the bad ones go back. */
export function Report({ number, onLeave }: { number: number; onLeave: () => void }) {
  const { t } = useTranslation('imports')
  const query = useRead('/api/v1/imports/{number}', { path: { number } }, { at: {} })
  return (
    <>
      <p>
        <Button onClick={onLeave} data-testid="new-import">
          {t('report.another')}
        </Button>
      </p>
      <Shown query={query} rows={8}>
        {(data) => (
          <>
            <Summary data={data} />
            <Errors data={data} />
            <Differences data={data} />
          </>
        )}
      </Shown>
    </>
  )
}

function Summary({ data }: { data: ImportData }) {
  const { t } = useTranslation('imports')
  const { t: shared } = useTranslation('shared')
  const say = useToast()
  const isPresent = isNow(useMoment())
  const confirm = useChange(
    () => answered(client.POST('/api/v1/imports/{number}/confirm', { params: { path: { number: data.id } } })),
    (done) => say(t('report.loaded', { rows: done.accepted })),
  )
  const isLoaded = data.state === 'loaded'
  return (
    <Panel title={t('report.title', { file: data.file_name })} extra={t('report.by', { by: data.by, at: writeInstant(data.at) })} testId="import-report">
      <dl className="import-counts">
        <div>
          <dt>{t('report.rows')}</dt>
          <dd data-testid="rows">{data.rows}</dd>
        </div>
        <div className="good">
          <dt>{t('report.accepted')}</dt>
          <dd data-testid="accepted">{data.accepted}</dd>
        </div>
        <div className={data.rejected ? 'bad' : ''}>
          <dt>{t('report.rejected')}</dt>
          <dd data-testid="rejected">{data.rejected}</dd>
        </div>
        <div className={data.errors_total ? 'bad' : ''}>
          <dt>{t('report.errors')}</dt>
          <dd data-testid="errors">{data.errors_total}</dd>
        </div>
        <div>
          <dt>{t('report.new')}</dt>
          <dd>{data.differences.new_firms}</dd>
        </div>
        <div>
          <dt>{t('report.changed')}</dt>
          <dd>{data.differences.changed_firms}</dd>
        </div>
        <div>
          <dt>{t('report.same')}</dt>
          <dd>{data.differences.same_firms}</dd>
        </div>
        <div>
          <dt>{t('report.facts')}</dt>
          <dd>+{data.differences.facts_added} / −{data.differences.facts_closed}</dd>
        </div>
      </dl>
      {isLoaded ? (
        <Notice
          kind="success"
          title={t('report.done', { at: writeInstant(data.loaded_at), change: data.change })}
          action={<PageLink to={toPage.firms()}>{t('report.toFirms')}</PageLink>}
        />
      ) : null}
      {confirm.error ? <ProblemNote error={confirm.error} /> : null}
      <div className="row import-acts">
        {isLoaded ? null : (
          <Tooltip title={isPresent ? '' : shared('pastOnly')}>
            <Button type="primary" disabled={!data.can_confirm || !isPresent} loading={confirm.isPending} onClick={() => confirm.mutate(undefined)} data-testid="confirm-import">
              {t('report.confirm', { rows: data.accepted })}
            </Button>
          </Tooltip>
        )}
        {data.rejected ? (
          <a href={`/api/v1/imports/${data.id}/rejected.xlsx`} download data-testid="rejected-xlsx">
            {t('report.download', { rows: data.rejected })}
          </a>
        ) : null}
        {!isLoaded && !data.can_confirm ? <span className="faint">{t(data.accepted ? 'report.nothingNew' : 'report.nothingGood')}</span> : null}
      </div>
    </Panel>
  )
}

function Errors({ data }: { data: ImportData }) {
  const { t } = useTranslation('imports')
  const pick = usePick()
  return (
    <Panel
      title={t('errors.title', { count: data.errors_total })}
      extra={data.errors_total > data.errors.length ? t('errors.first', { count: data.errors.length }) : null}
      testId="import-errors"
    >
      {data.errors.length ? (
        <div className="long-table">
          <DataTable
            label={t('errors.title', { count: data.errors_total })}
            rows={data.errors}
            rowKey={(error) => `${error.row}/${error.column}/${error.kind}/${error.value}`}
            columns={[
              { key: 'row', title: t('errors.row'), isNumber: true, width: 72, cell: (error) => error.row },
              { key: 'column', title: t('errors.column'), isName: true, cell: (error) => error.column },
              { key: 'value', title: t('errors.value'), cell: (error) => error.value || <span className="faint">{t('errors.empty')}</span> },
              { key: 'what', title: t('errors.what'), isWide: true, cell: (error) => pick(error.what) },
              { key: 'way', title: t('errors.way'), isWide: true, cell: (error) => pick(error.way_out) },
            ]}
          />
        </div>
      ) : (
        <EmptyNote text={t('errors.none')} />
      )}
    </Panel>
  )
}
