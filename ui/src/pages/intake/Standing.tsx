import { useTranslation } from 'react-i18next'
import { writeInstant } from '../../shared/figures'
import { Unknown } from '../../shared/marks'
import { Notice } from '../../shared/Notice'
import { Panel } from '../../shared/PageHead'
import type { Answer } from '../../shared/reading'
import { usePick } from '../../shared/words'

export type IntakeData = Answer<'/api/v1/intake'>

/** The connection to the broker, the topic to send to, and what came since the start. */
export function Standing({ intake }: { intake: IntakeData }) {
  const { t } = useTranslation('intake')
  const pick = usePick()
  const topic = intake.topic?.replace('{place}', intake.place).replace('{device}', t('deviceId'))
  const counts: [string, number][] = [
    [t('messages'), intake.messages],
    [t('points'), intake.new_points],
    [t('repeated'), intake.points - intake.new_points],
    [t('bad'), intake.bad],
    [t('unknownOnes'), intake.unknown],
  ]
  return (
    <Panel title={t('standing')} extra={t('sinceStart')} testId="standing">
      <dl className="intake-facts">
        <div>
          <dt>{t('state')}</dt>
          <dd>
            <span className={`intake-state ${intake.state}`}>{t(`states.${intake.state}`)}</span>
            {intake.since ? <span className="faint"> {t('since', { at: writeInstant(intake.since) })}</span> : null}
          </dd>
        </div>
        <div>
          <dt>{t('broker')}</dt>
          <dd>{intake.broker ?? t('noBroker')}</dd>
        </div>
        <div>
          <dt>{t('topic')}</dt>
          <dd>{topic ? <code>{topic}</code> : <Unknown />}</dd>
        </div>
        <div>
          <dt>{t('lastMessage')}</dt>
          <dd>{writeInstant(intake.last_message_at) ?? t('noneYet')}</dd>
        </div>
        {counts.map(([name, count]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="number">{count.toLocaleString('en-US')}</dd>
          </div>
        ))}
      </dl>
      {intake.error ? <Notice kind="warning" title={pick(intake.error)} /> : null}
      <details className="intake-how">
        <summary>{t('how')}</summary>
        <p>{t('howSays')}</p>
        <pre>{`mosquitto_pub -q 1 -t ${topic ?? ''} \\
  -m '{"at":"2026-11-24T10:00:00+08:00","values":{"electricity":12.5}}'`}</pre>
      </details>
    </Panel>
  )
}
