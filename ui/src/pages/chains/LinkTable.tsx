import { useTranslation } from 'react-i18next'
import { type Column, DataTable } from '../../shared/DataTable'
import { writeShare } from '../../shared/figures'
import { DemoTag, Unknown } from '../../shared/marks'
import { Verdict } from '../../shared/Verdict'
import { comma, usePick } from '../../shared/words'
import type { ChainData, LinkRow } from './Chains'

/** The chain as a table, for the keyboard and for screen readers. */
export function LinkTable({
  data,
  rows,
  opened,
  onOpen,
}: {
  data: ChainData
  rows: LinkRow[]
  opened?: string
  onOpen: (link: string) => void
}) {
  const { t } = useTranslation('chains')
  const pick = usePick()
  const titles = new Map(data.links.map((link) => [link.code, pick(link.title)]))
  const stages = new Map(data.stages.map((stage) => [stage.code, pick(stage.title)]))
  const inputsOf = (code: string) =>
    data.inputs.filter((edge) => edge.buyer === code).map((edge) => titles.get(edge.supplier) ?? edge.supplier)
  const columns: Column<LinkRow>[] = [
    {
      key: 'name',
      title: t('table.link'),
      isName: true,
      cell: (row) => (
        <button type="button" className="link-button" onClick={() => onOpen(row.code)}>
          {pick(row.title)}
        </button>
      ),
    },
    { key: 'stage', title: t('table.stage'), cell: (row) => <span className="stage-name">{stages.get(row.stage) ?? row.stage}</span> },
    {
      key: 'verdict',
      title: t('table.verdict'),
      cell: (row) => (
        <span className="tags" title={pick(row.verdict?.reason)}>
          <Verdict name={row.verdict?.code} />
          <DemoTag demo={row.verdict?.demo} />
        </span>
      ),
    },
    { key: 'act', title: t('table.act'), cell: (row) => pick(row.verdict?.act_title) || <Unknown /> },
    { key: 'local', title: t('table.local'), isNumber: true, cell: (row) => row.firms ?? <Unknown /> },
    { key: 'recalled', title: t('table.recalled'), isNumber: true, cell: (row) => row.firms_recalled ?? <Unknown /> },
    { key: 'elsewhere', title: t('table.elsewhere'), isNumber: true, cell: (row) => row.firms_elsewhere },
    { key: 'lq', title: t('table.lq'), isNumber: true, cell: (row) => row.lq?.toFixed(2) ?? <Unknown /> },
    { key: 'hhi', title: t('table.hhi'), isNumber: true, isMinor: true, cell: (row) => row.hhi?.toFixed(2) ?? <Unknown /> },
    { key: 'coverage', title: t('table.coverage'), isNumber: true, cell: (row) => writeShare(row.coverage) ?? <Unknown /> },
    { key: 'importance', title: t('table.importance'), isNumber: true, cell: (row) => row.importance.toFixed(2) },
    {
      key: 'inputs',
      title: t('table.inputs'),
      isMinor: true,
      cell: (row) => <span className="faint small">{inputsOf(row.code).join(comma()) || t('table.noInputs')}</span>,
    },
  ]
  return (
    <DataTable label={t('title')} columns={columns} rows={rows} rowKey={(row) => row.code} chosen={opened} />
  )
}
