import { useTranslation } from 'react-i18next'
import { writeInstant } from '../../shared/figures'
import { Unknown } from '../../shared/marks'
import { Notice } from '../../shared/Notice'
import { toPage } from '../../shared/codes'
import { Panel } from '../../shared/PageHead'
import { PageLink } from '../../shared/PageLink'
import type { Answer } from '../../shared/reading'
import { useMay } from '../../shared/session'
import { usePick } from '../../shared/words'

export type IntakeData = Answer<'/api/v1/intake'>

/** The connection to the broker, the topic to send to, and what came since the start. */
export function Standing({ intake }: { intake: IntakeData }) {
  const { t } = useTranslation('intake')
  const pick = usePick()
  const topic = intake.topic?.replace('{place}', intake.place).replace('{device}', t('deviceId'))
  if (intake.state === 'off') return <Off topic={topic} />
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
      <How topic={topic} />
    </Panel>
  )
}

/** Nothing is counted while no broker is named: what that means, and how to name one. */
function Off({ topic }: { topic: string | undefined }) {
  const { t } = useTranslation('intake')
  const maySet = useMay('system:write')
  return (
    <Panel title={t('standing')} extra={<span className="intake-state off">{t('states.off')}</span>} testId="standing">
      <p>{t('offSays')}</p>
      <h3 className="intake-on">{t('turnOn')}</h3>
      <ul className="intake-ways">
        <li>{maySet ? <PageLink to={toPage.intake()} search={{ tab: 'settings' }}>{t('turnOnHere')}</PageLink> : t('turnOnAsk')}</li>
        <li>
          {t('turnOnOutside')} <code>CHAINTWIN_MQTT_URL=mqtts://user:password@host:8883</code>
        </li>
      </ul>
      <p className="faint">{t('offOtherwise')}</p>
      <How topic={topic} />
    </Panel>
  )
}

function How({ topic }: { topic: string | undefined }) {
  const { t } = useTranslation('intake')
  return (
    <details className="intake-how">
      <summary>{t('how')}</summary>
      <p>{t('howSays')}</p>
      <pre>{`mosquitto_pub -q 1 -t ${topic ?? ''} \\
  -m '{"at":"2026-11-24T10:00:00+08:00","values":{"electricity":12.5}}'`}</pre>
    </details>
  )
}
