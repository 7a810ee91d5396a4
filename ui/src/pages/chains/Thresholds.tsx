import { Button, InputNumber } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client'
import { useMayChange } from '../../shared/changing'
import { type Column, DataTable } from '../../shared/DataTable'
import { writeInstant } from '../../shared/figures'
import { Panel } from '../../shared/PageHead'
import { type Answer, answered, useChange, useRead } from '../../shared/reading'
import { ReasonForm } from '../../shared/ReasonForm'
import { Shown } from '../../shared/states'
import { useToast } from '../../shared/toast'
import { Verdict } from '../../shared/Verdict'
import { usePick } from '../../shared/words'

type Card = Answer<'/api/v1/scorecards/{name}'>
type Changed = Answer<'/api/v1/chains/{chain}/verdict-changes'>['items'][number]
type Settings = Record<string, number>

/** The thresholds of the verdict: try others, see what they change, publish them or go back. */
export function Thresholds({ chain, region, onOpen }: { chain: string; region: string; onOpen: (link: string) => void }) {
  const query = useRead('/api/v1/scorecards/{name}', { path: { name: 'verdict' } })
  return (
    <Shown query={query} rows={10}>
      {(card) => <Trying key={card.in_force.version} card={card} chain={chain} region={region} onOpen={onOpen} />}
    </Shown>
  )
}

function Trying({ card, chain, region, onOpen }: { card: Card; chain: string; region: string; onOpen: (link: string) => void }) {
  const { t } = useTranslation('chains')
  const pick = usePick()
  const [tried, setTried] = useState<Settings>({})
  const mayPublish = useMayChange('chain:rule')
  const names = Object.keys(card.shipped.settings)
  const isTrying = Object.keys(tried).length > 0
  const own = { ...differing(card.in_force.settings, card.shipped.settings), ...tried }
  return (
    <div className="thresholds" data-testid="thresholds">
      <Panel title={t('thresholds.title', { version: card.in_force.version })} extra={pick(card.in_force.source)}>
        <ul className="threshold-list">
          {names.map((name) => (
            <Threshold
              key={name}
              name={name}
              shipped={card.shipped.settings[name] ?? 0}
              value={tried[name] ?? card.in_force.settings[name] ?? 0}
              onSet={(value) => setTried(differing({ ...tried, [name]: value }, card.in_force.settings))}
            />
          ))}
        </ul>
        <div className="row">
          {isTrying ? (
            <Button size="small" onClick={() => setTried({})}>
              {t('thresholds.reset')}
            </Button>
          ) : null}
          {mayPublish ? <Publish settings={own} isTrying={isTrying} isOwn={card.in_force.version !== card.shipped.version} /> : null}
        </div>
        <details>
          <summary>{t('thresholds.formula')}</summary>
          <p className="formula">{pick(card.in_force.formula)}</p>
        </details>
      </Panel>
      {isTrying || card.in_force.version !== card.shipped.version ? (
        <Changes chain={chain} region={region} tried={tried} isTrying={isTrying} onOpen={onOpen} />
      ) : (
        <p className="faint">{t('thresholds.hint')}</p>
      )}
      {card.own.length ? (
        <Panel title={t('thresholds.own')}>
          <ul className="plain-list">
            {card.own.map((one) => (
              <li key={one.version}>
                <strong>{one.version}</strong> {one.reason}{' '}
                <span className="faint small">
                  {writeInstant(one.at)} · {one.by} ·{' '}
                  {Object.entries(one.settings)
                    .map(([name, value]) => `${t(`threshold.${name}`, { defaultValue: name })} ${value}`)
                    .join('；') || t('thresholds.asShipped')}
                </span>
              </li>
            ))}
          </ul>
        </Panel>
      ) : null}
    </div>
  )
}

/** Keep only what differs. */
function differing(settings: Settings, from: Settings): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([name, value]) => value !== from[name]))
}

function Threshold({ name, shipped, value, onSet }: { name: string; shipped: number; value: number; onSet: (value: number) => void }) {
  const { t } = useTranslation('chains')
  const label = t(`threshold.${name}`, { defaultValue: name })
  return (
    <li>
      <span>
        {label} {value === shipped ? null : <span className="faint small">{t('thresholds.shipped', { value: shipped })}</span>}
      </span>
      <InputNumber
        size="small"
        aria-label={label}
        data-testid={`threshold-${name}`}
        min={0}
        step={shipped > 0 && shipped < 2 ? 0.05 : 1}
        value={value}
        onChange={(next) => (next === null ? undefined : onSet(next))}
      />
    </li>
  )
}

function Publish({ settings, isTrying, isOwn }: { settings: Settings; isTrying: boolean; isOwn: boolean }) {
  const { t } = useTranslation('chains')
  const [asked, setAsked] = useState<'publish' | 'back' | null>(null)
  const say = useToast()
  const change = useChange(
    (given: { settings: Settings; reason: string }) =>
      answered(
        client.POST('/api/v1/scorecards/{name}/versions', {
          params: { path: { name: 'verdict' } },
          body: given,
        }),
      ),
    (card) => {
      say(t('thresholds.done', { version: card.in_force.version }))
      setAsked(null)
    },
  )
  if (asked) {
    return (
      <ReasonForm
        label={t(asked === 'publish' ? 'thresholds.why' : 'thresholds.whyBack')}
        isBusy={change.isPending}
        error={change.error}
        onCancel={() => setAsked(null)}
        onDone={(reason) => change.mutate({ settings: asked === 'publish' ? settings : {}, reason })}
      />
    )
  }
  return (
    <>
      {isTrying ? (
        <Button size="small" type="primary" data-testid="publish-thresholds" onClick={() => setAsked('publish')}>
          {t('thresholds.publish')}
        </Button>
      ) : null}
      {isOwn && !isTrying ? (
        <Button size="small" onClick={() => setAsked('back')}>
          {t('thresholds.back')}
        </Button>
      ) : null}
    </>
  )
}

function Changes({
  chain,
  region,
  tried,
  isTrying,
  onOpen,
}: {
  chain: string
  region: string
  tried: Settings
  isTrying: boolean
  onOpen: (link: string) => void
}) {
  const { t } = useTranslation('chains')
  const pick = usePick()
  const trial = Object.entries(tried).map(([name, value]) => `${name}:${value}`)
  const query = useRead('/api/v1/chains/{chain}/verdict-changes', { path: { chain }, query: { region, trial } }, { keep: true })
  const columns: Column<Changed>[] = [
    {
      key: 'link',
      title: t('table.link'),
      isName: true,
      cell: (row) => (
        <button type="button" className="link-button" onClick={() => onOpen(row.link)}>
          {pick(row.title)}
        </button>
      ),
    },
    { key: 'before', title: t('thresholds.before'), cell: (row) => <Judged verdict={row.before} /> },
    { key: 'after', title: t('thresholds.after'), cell: (row) => <Judged verdict={row.after} /> },
  ]
  return (
    <Shown query={query} rows={4}>
      {(data) => (
        <Panel
          title={t(isTrying ? 'thresholds.would' : 'thresholds.did', { count: data.total, links: data.links })}
          testId="verdict-changes"
        >
          {data.items.length ? (
            <DataTable label={t('thresholds.changes')} columns={columns} rows={data.items} rowKey={(row) => row.link} />
          ) : (
            <p className="faint">{t('thresholds.none')}</p>
          )}
        </Panel>
      )}
    </Shown>
  )
}

function Judged({ verdict }: { verdict: Changed['before'] }) {
  const pick = usePick()
  return (
    <span className="peer-cell">
      <span className="tags">
        <Verdict name={verdict.code} /> <span className="faint small">{pick(verdict.act_title)}</span>
      </span>
      <span className="faint small">{pick(verdict.reason)}</span>
    </span>
  )
}
