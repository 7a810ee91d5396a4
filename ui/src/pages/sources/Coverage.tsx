import { useTranslation } from 'react-i18next'
import { toPage } from '../../shared/codes'
import { DataTable } from '../../shared/DataTable'
import { writeShare } from '../../shared/figures'
import { DemoTag, Unknown } from '../../shared/marks'
import { Panel } from '../../shared/PageHead'
import { PageLink } from '../../shared/PageLink'
import { useRead } from '../../shared/reading'
import { EmptyNote, Shown } from '../../shared/states'
import { usePick } from '../../shared/words'

interface Statement {
  region?: string
  industry?: string
  share?: number
  population?: string
  stated_by?: string
  stated_on?: string
}

/** What share of reality each source claims to cover; below the scorecard's threshold nothing is judged. */
export function Coverage() {
  const { t } = useTranslation('sources')
  const pick = usePick()
  const query = useRead('/api/v1/sources', {}, { keep: true })
  return (
    <Panel title={t('tabs.coverage')} extra={t('coverageSays')}>
      <Shown query={query} rows={6}>
        {(list) => {
          const rows = list.items.flatMap((source) =>
            (source.coverage as Statement[]).map((statement) => ({ source, statement })),
          )
          return rows.length ? (
            <DataTable
              label={t('tabs.coverage')}
              rows={rows}
              rowKey={(row) => `${row.source.name}|${row.statement.region}|${row.statement.industry}`}
              columns={[
                { key: 'region', title: t('region'), isName: true, cell: (row) => (row.statement.region === '*' ? t('everywhere') : row.statement.region) },
                { key: 'industry', title: t('industry'), cell: (row) => (row.statement.industry === '*' ? t('allIndustries') : row.statement.industry) },
                { key: 'share', title: t('share'), isNumber: true, cell: (row) => writeShare(row.statement.share) ?? <Unknown /> },
                { key: 'population', title: t('population'), cell: (row) => row.statement.population ?? <Unknown /> },
                {
                  key: 'source',
                  title: t('source'),
                  cell: (row) => (
                    <span className="tags">
                      {pick(row.source.title)} <DemoTag demo={row.source.name === 'demo'} />
                    </span>
                  ),
                },
                { key: 'by', title: t('statedBy'), isMinor: true, cell: (row) => [row.statement.stated_by, row.statement.stated_on].filter(Boolean).join(' · ') },
              ]}
            />
          ) : (
            <EmptyNote text={t('noCoverage')} action={<PageLink to={toPage.imports()}>{t('toImport')}</PageLink>} />
          )
        }}
      </Shown>
    </Panel>
  )
}
