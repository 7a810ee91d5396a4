import { Typography } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { writeInstant } from '../../shared/figures'
import { Unknown } from '../../shared/marks'
import { Notice } from '../../shared/Notice'
import { Panel } from '../../shared/PageHead'
import { comma, usePick } from '../../shared/words'
import type { Log } from './Ledger'

/** How far the log is signed, by whom, and what is in the way. */
export function Standing({ log }: { log: Log }) {
  const { t } = useTranslation('ledger')
  const pick = usePick()
  return (
    <Panel title={t('standing.title')} extra={<State log={log} />} testId="ledger-standing">
      {log.trouble ? <Notice kind="error" title={pick(log.trouble)} /> : null}
      {log.stamp_trouble ? <Notice kind="warning" title={pick(log.stamp_trouble)} /> : null}
      <dl className="pairs">
        {rows(log, t).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className="faint">{t('standing.stranger')}</p>
    </Panel>
  )
}

function State({ log }: { log: Log }) {
  const { t } = useTranslation('ledger')
  if (log.trouble) return <strong className="ledger-bad">✗ {t('state.stopped')}</strong>
  if (!log.latest) return <span className="faint">{t('state.empty')}</span>
  return log.waiting ? (
    <span className="faint">{t('state.waiting', { count: log.waiting })}</span>
  ) : (
    <strong className="ledger-good">✓ {t('state.signed')}</strong>
  )
}

type Say = (key: string, given?: Record<string, unknown>) => string

function rows(log: Log, t: Say): [string, ReactNode][] {
  const { latest, cosigned, stamped } = log
  return [
    [t('standing.size'), latest ? t('standing.positions', { count: latest.size }) : <Unknown key="s" />],
    [t('standing.at'), writeInstant(latest?.at) ?? <Unknown key="a" />],
    [t('standing.root'), latest ? <code key="r">{latest.root}</code> : <Unknown key="r" />],
    [t('standing.witnesses'), log.witnesses.length ? log.witnesses.map((one) => one.name).join(comma()) : t('standing.noWitness')],
    [
      t('standing.cosigned'),
      cosigned
        ? t('standing.upTo', { count: cosigned.size, by: cosigned.cosigned.map((one) => `${one.name} ${writeInstant(one.at)}`).join('；') })
        : t('standing.notYet'),
    ],
    [
      t('standing.stamped'),
      stamped
        ? t('standing.upTo', { count: stamped.size, by: stamped.stamps.map((one) => `${one.name} ${writeInstant(one.at)}`).join('；') })
        : t(`standing.stamping.${log.stamping}`),
    ],
    [
      t('standing.key'),
      <Typography.Text key="k" code copyable={{ text: log.key, tooltips: [t('copy'), t('copied')] }} className="ledger-key">
        {log.key}
      </Typography.Text>,
    ],
  ]
}
