import { useTranslation } from 'react-i18next'
import { toPage } from '../../shared/codes'
import { DataTable } from '../../shared/DataTable'
import { Figure } from '../../shared/Figure'
import { DemoTag } from '../../shared/marks'
import { Panel } from '../../shared/PageHead'
import { PageLink } from '../../shared/PageLink'
import { EmptyNote } from '../../shared/states'
import { Verdict } from '../../shared/Verdict'
import { usePick } from '../../shared/words'
import type { CockpitData } from './Cockpit'

type Gap = CockpitData['gaps'][number]

/** Gaps in the order of what closing them would change. */
export function Gaps({ data }: { data: CockpitData }) {
  const { t } = useTranslation('cockpit')
  const pick = usePick()
  return (
    <Panel title={t('gaps.title')} extra={t('gaps.order')} testId="gaps">
      {data.gaps.length ? (
        <DataTable<Gap>
          label={t('gaps.title')}
          rows={data.gaps}
          rowKey={(gap) => `${gap.chain}/${gap.link}`}
          columns={[
            {
              key: 'link',
              title: t('gaps.link'),
              isName: true,
              cell: (gap) => (
                <>
                  <PageLink to={toPage.chains()} search={{ chain: gap.chain, link: gap.link }}>
                    {pick(gap.title)}
                  </PageLink>
                  <div className="faint small">{pick(gap.chain_title)}</div>
                </>
              ),
            },
            {
              key: 'verdict',
              title: t('gaps.verdict'),
              cell: (gap) => (
                <span title={pick(gap.verdict.reason)} className="tags">
                  <Verdict name={gap.verdict.code} />
                  <DemoTag demo={gap.verdict.demo} />
                </span>
              ),
            },
            {
              key: 'priority',
              title: t('gaps.priority'),
              isNumber: true,
              cell: (gap) => <Figure title={`${pick(gap.title)} · ${t('gaps.priority')}`} figure={gap.priority} />,
            },
            { key: 'buyers', title: t('gaps.buyers'), isNumber: true, cell: (gap) => gap.local_buyers.length },
            {
              key: 'candidates',
              title: t('gaps.candidates'),
              isNumber: true,
              cell: (gap) => (
                <PageLink
                  to={toPage.targets()}
                  search={{ chain: gap.chain, link: gap.link }}
                  data-testid={`targets-of-${gap.link}`}
                >
                  {t('gaps.count', { count: gap.candidates })}
                  <span className="screen-reader">{t('gaps.see', { link: pick(gap.title) })}</span>
                </PageLink>
              ),
            },
          ]}
        />
      ) : (
        <EmptyNote text={t('gaps.none')} action={<PageLink to={toPage.sources()}>{t('gaps.noneWay')}</PageLink>} />
      )}
    </Panel>
  )
}
