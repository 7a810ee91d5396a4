import { useTranslation } from 'react-i18next'
import type { Difference } from '../../shared/branching'
import { DataTable } from '../../shared/DataTable'
import { writeInstant } from '../../shared/figures'
import { usePick } from '../../shared/words'
import { SaidValue } from './SaidValue'

type Step = Difference['steps'][number]
interface Row {
  one: Difference
  step: Step
  key: string
}

/** What a branch says beside what was held at the fork, body by body. */
export function Differences({ items }: { items: Difference[] }) {
  const { t } = useTranslation('branch')
  const pick = usePick()
  const rows: Row[] = items.flatMap((one) =>
    one.steps.map((step) => ({ one, step, key: [one.body.code, one.attribute, one.key, one.source, step.valid_from].join('|') })),
  )
  return (
    <DataTable<Row>
      label={t('differences', { count: items.length })}
      rows={rows}
      rowKey={(row) => row.key}
      columns={[
        {
          key: 'body',
          title: t('body'),
          isName: true,
          cell: ({ one }) => (
            <>
              {one.body.name}
              <div className="faint small">{t(`kinds.${one.body.kind}`, one.body.kind)}</div>
            </>
          ),
        },
        {
          key: 'what',
          title: t('what'),
          cell: ({ one }) => (
            <>
              {pick(one.title)}
              {one.conflict ? <div className="conflict-mark">▲ {t('conflict')}</div> : null}
            </>
          ),
        },
        { key: 'from', title: t('from'), cell: ({ step }) => <When step={step} /> },
        { key: 'before', title: t('before'), cell: ({ one, step }) => <SaidValue value={step.before ?? one.shown_before} attribute={one.attribute} /> },
        { key: 'after', title: t('after'), cell: ({ one, step }) => <span className="branch-said"><SaidValue value={step.after} attribute={one.attribute} /></span> },
        { key: 'source', title: t('source'), isMinor: true, cell: ({ one }) => pick(one.source_title) },
      ]}
    />
  )
}

function When({ step }: { step: Step }) {
  const { t } = useTranslation('branch')
  const start = step.valid_from ? (writeInstant(step.valid_from) ?? '').slice(0, 10) : t('always')
  if (!step.valid_to) return <span className="tabular">{step.valid_from ? t('since', { day: start }) : start}</span>
  return <span className="tabular">{t('fromTo', { from: start, to: (writeInstant(step.valid_to) ?? '').slice(0, 10) })}</span>
}
