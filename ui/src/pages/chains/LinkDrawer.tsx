import { Button, Drawer } from 'antd'
import { useTranslation } from 'react-i18next'
import { useNavigate } from '@tanstack/react-router'
import { keptSearch, type Search } from '../../shared/address'
import { toPage } from '../../shared/codes'
import { useEvidence } from '../../shared/evidence'
import { Figure } from '../../shared/Figure'
import { DemoTag, Unknown } from '../../shared/marks'
import { type Answer, useRead } from '../../shared/reading'
import { useRegion } from '../../shared/region'
import { useMay } from '../../shared/session'
import { asShown } from '../../shared/showing'
import { Shown } from '../../shared/states'
import { Verdict } from '../../shared/Verdict'
import { comma, usePick } from '../../shared/words'
import { LinkFirms } from './LinkFirms'

export type LinkData = Answer<'/api/v1/chains/{chain}/links/{link}'>

/** One link in full: verdict with its inputs, neighbours, firms. */
export function LinkDrawer({
  chain,
  link,
  onClose,
  onOpen,
}: {
  chain: string
  link?: string
  onClose: () => void
  onOpen: (link: string) => void
}) {
  const { t } = useTranslation('chains')
  const region = useRegion()
  const query = useRead(
    '/api/v1/chains/{chain}/links/{link}',
    { path: { chain, link: link ?? '' }, query: { region, limit: 200 } },
    { enabled: Boolean(link), keep: true },
  )
  return (
    <Drawer
      open={Boolean(link)}
      onClose={onClose}
      title={t('link.drawer')}
      size={680}
      mask={false}
      closable={{ 'aria-label': t('link.close') }}
      rootClassName="link-drawer"
    >
      {link ? (
        <Shown query={query} rows={10}>
          {(data) => <LinkBody data={data} onOpen={onOpen} />}
        </Shown>
      ) : null}
    </Drawer>
  )
}

const FIGURES = ['firms', 'weight', 'lq', 'share', 'beside', 'hhi', 'related', 'imports', 'coverage', 'importance', 'priority']

function LinkBody({ data, onOpen }: { data: LinkData; onOpen: (link: string) => void }) {
  const { t } = useTranslation('chains')
  const pick = usePick()
  const navigate = useNavigate()
  const maySee = useMay('target:read')
  const { verdict } = data.link
  return (
    <div className="link-body" data-testid="link-view">
      <div className="link-title">
        <div>
          <h2>{pick(data.link.title)}</h2>
          <div className="faint">
            {pick(data.chain_title)} · {data.region_name ?? t('link.nation')}
          </div>
        </div>
        {maySee && data.region ? (
          <Button
            type="primary"
            data-testid="see-targets"
            onClick={() =>
              void navigate({
                to: toPage.targets() as never,
                search: ((before: Search) => keptSearch(before, { chain: data.chain, link: data.link.code })) as never,
              })
            }
          >
            {t('link.targets')}
          </Button>
        ) : null}
      </div>
      {verdict ? <VerdictNote data={data} /> : null}
      <section>
        <h3>{t('link.figures')}</h3>
        <dl className="figure-grid">
          {FIGURES.filter((name) => data.figures[name]).map((name) => (
            <div key={name}>
              <dt>{t(`figure.${name}`)}</dt>
              <dd>
                <Figure title={t(`figure.${name}`)} figure={data.figures[name]} />
              </dd>
            </div>
          ))}
        </dl>
      </section>
      <div className="grid-2 neighbours">
        <Neighbours title={t('link.inputs')} rows={data.inputs} none={t('link.noInputs')} asOf={data.as_of} onOpen={onOpen} />
        <Neighbours title={t('link.buyers')} rows={data.buyers} none={t('link.noBuyers')} asOf={data.as_of} onOpen={onOpen} />
      </div>
      <LinkFirms data={data} />
      <section>
        <h3>{t('link.words')}</h3>
        <dl className="pairs">
          <div>
            <dt>{t('link.products')}</dt>
            <dd>{data.products.join(comma()) || <Unknown />}</dd>
          </div>
          <div>
            <dt>{t('link.industries')}</dt>
            <dd>{data.industries.join(comma()) || <Unknown />}</dd>
          </div>
          <div>
            <dt>{t('link.recognised')}</dt>
            <dd>{data.words.join(comma()) || <Unknown />}</dd>
          </div>
          {data.words_not.length ? (
            <div>
              <dt>{t('link.excluded')}</dt>
              <dd>{data.words_not.join(comma())}</dd>
            </div>
          ) : null}
        </dl>
      </section>
    </div>
  )
}

function VerdictNote({ data }: { data: LinkData }) {
  const { t } = useTranslation('chains')
  const pick = usePick()
  const open = useEvidence()
  const { verdict } = data.link
  if (!verdict) return null
  const shown = {
    ...asShown({ text: verdict.reason, facts: data.facts, formula: data.scorecard.formula, asOf: data.as_of }),
    inputs: FIGURES.flatMap((name) => {
      const figure = data.figures[name]
      return figure
        ? [{ name: { zh: t(`figure.${name}`), en: t(`figure.${name}`) }, value: figure.value ?? pick(figure.text), facts: [], facts_total: figure.facts_total }]
        : []
    }),
  }
  return (
    <div className={`verdict-note note-${verdict.code}`}>
      <div className="tags">
        <Verdict name={verdict.code} />
        <DemoTag demo={verdict.demo} />
        <span data-testid="act">{t('link.act', { act: pick(verdict.act_title) })}</span>
        {verdict.published && verdict.published !== verdict.code ? <span className="faint">{t('link.published')}</span> : null}
      </div>
      <p>
        <button type="button" className="evidence" data-testid="figure" onClick={() => open({ title: t('link.verdict', { link: pick(data.link.title) }), figure: shown })}>
          {pick(verdict.reason)}
        </button>
      </p>
      {verdict.if_recalled ? (
        <p className="faint small">
          {t('link.ifRecalled')} <Verdict name={verdict.if_recalled} />
        </p>
      ) : null}
      {verdict.missing_data.length ? (
        <p className="faint small">
          {t('link.missing')}
          {verdict.missing_data.map((text) => pick(text)).join('；')}
        </p>
      ) : null}
    </div>
  )
}

function Neighbours({
  title,
  rows,
  none,
  asOf,
  onOpen,
}: {
  title: string
  rows: LinkData['inputs']
  none: string
  asOf: string
  onOpen: (link: string) => void
}) {
  const { t } = useTranslation('chains')
  const pick = usePick()
  const open = useEvidence()
  return (
    <section>
      <h3>{title}</h3>
      {rows.length ? (
        <ul className="neighbour-list">
          {rows.map((row) => (
            <li key={row.link}>
              <span>
                <Verdict name={row.verdict} isBare />{' '}
                <button type="button" className="link-button" onClick={() => onOpen(row.link.split('/').at(-1) ?? row.link)}>
                  {pick(row.title)}
                </button>
              </span>
              <button
                type="button"
                className="evidence small"
                onClick={() =>
                  open({
                    title: `${pick(row.title)} · ${t(`criticality.${row.criticality}`)}`,
                    figure: asShown({ text: { zh: row.fact.says, en: row.fact.says }, facts: [row.fact], asOf }),
                  })
                }
              >
                {t(`criticality.${row.criticality}`)}
                {row.share === null ? '' : ` ${(row.share * 100).toFixed(0)}%`}
              </button>
            </li>
          ))}
        </ul>
      ) : (
        <p className="faint">{none}</p>
      )}
    </section>
  )
}
