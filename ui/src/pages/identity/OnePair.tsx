import { Button } from 'antd'
import { type KeyboardEvent, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client'
import { useMayChange } from '../../shared/changing'
import { PageLink } from '../../shared/PageLink'
import { answered, type Answer, useChange } from '../../shared/reading'
import { ProblemNote } from '../../shared/states'
import { useToast } from '../../shared/toast'
import { usePick } from '../../shared/words'
import { lineUp, writeSaid } from './sides'

export type Pair = Answer<'/api/v1/identity/queue'>['items'][number]
type Verdict = 'same' | 'apart' | 'later'
const KEYS: Record<string, Verdict> = { y: 'same', n: 'apart', l: 'later' }

/** Two records side by side with what speaks for one firm and for two, and the ruling. */
export function OnePair({ pair }: { pair: Pair }) {
  const { t } = useTranslation('identity')
  const say = useToast()
  const may = useMayChange('fact:rule')
  const card = useRef<HTMLElement>(null)
  const rule = useChange(
    (verdict: Verdict) =>
      answered(client.POST('/api/v1/identity/rulings', { body: { one: pair.one.code, other: pair.other.code, verdict, reason: '' } })),
    () => {
      const next = card.current?.nextElementSibling ?? card.current?.previousElementSibling
      if (next instanceof HTMLElement) next.focus()
      say(t('ruled'))
    },
  )
  function press(event: KeyboardEvent) {
    const verdict = KEYS[event.key.toLowerCase()]
    if (!may || !verdict || event.ctrlKey || event.metaKey || event.altKey || rule.isPending) return
    if (verdict === 'later' && pair.verdict === 'later') return
    event.preventDefault()
    rule.mutate(verdict)
  }
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys rule on the pair in focus
    <article
      className="panel pair"
      ref={card}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the pair is where the keys work
      tabIndex={0}
      aria-label={t('pairOf', { one: pair.one.name, other: pair.other.name })}
      onKeyDown={press}
      data-testid="identity-pair"
    >
      <Score pair={pair} />
      <Sides pair={pair} />
      <Reasons pair={pair} />
      {may ? (
        <div className="row pair-acts">
          <Button type="primary" loading={rule.isPending} onClick={() => rule.mutate('same')} data-testid="rule-same">
            {t('same')} <kbd>Y</kbd>
          </Button>
          <Button disabled={rule.isPending} onClick={() => rule.mutate('apart')} data-testid="rule-apart">
            {t('apart')} <kbd>N</kbd>
          </Button>
          {pair.verdict === 'later' ? null : (
            <Button type="text" disabled={rule.isPending} onClick={() => rule.mutate('later')} data-testid="rule-later">
              {t('later')} <kbd>L</kbd>
            </Button>
          )}
        </div>
      ) : null}
      {rule.error ? <ProblemNote error={rule.error} /> : null}
    </article>
  )
}

function Score({ pair }: { pair: Pair }) {
  const { t } = useTranslation('identity')
  return (
    <p className="pair-score">
      <strong>{t('likely', { share: Math.round(pair.probability * 100) })}</strong>
      <span className="faint">{t('weight', { weight: pair.weight.toFixed(1) })}</span>
      <span>{t(`why.${pair.why}`, pair.why)}</span>
    </p>
  )
}

function Sides({ pair }: { pair: Pair }) {
  const { t } = useTranslation('identity')
  const pick = usePick()
  return (
    <table className="pair-sides">
      <thead>
        <tr>
          <th scope="col">{t('item')}</th>
          {[pair.one, pair.other].map((side) => (
            <th scope="col" key={side.code}>
              <PageLink to={`/firms/${encodeURIComponent(side.code)}`}>{side.name}</PageLink>{' '}
              <span className="faint small">{t(side.own ? 'own' : 'public')}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {lineUp(pair.one, pair.other).map((line) => (
          <tr key={line.attribute} className={line.likeness}>
            <th scope="row">{pick(line.title)}</th>
            <td>{line.one.length ? line.one.map(writeSaid).join('；') : <span className="faint">{t('unsaid')}</span>}</td>
            <td>
              {line.other.length ? line.other.map(writeSaid).join('；') : <span className="faint">{t('unsaid')}</span>}
              {line.likeness === 'alike' ? <span className="pair-mark"> ＝</span> : null}
              {line.likeness === 'unlike' ? <span className="pair-mark"> ≠</span> : null}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Reasons({ pair }: { pair: Pair }) {
  const { t } = useTranslation('identity')
  const pick = usePick()
  const parts = [
    { key: 'for', reasons: pair.reasons.filter((reason) => reason.bits >= 0) },
    { key: 'against', reasons: pair.reasons.filter((reason) => reason.bits < 0) },
  ]
  return (
    <div className="pair-reasons">
      {parts.map(({ key, reasons }) => (
        <div key={key}>
          <h3>{t(`${key}.title`)}</h3>
          {reasons.length ? (
            <ul className="plain-list">
              {reasons.map((reason) => (
                <li key={reason.comparison}>
                  {pick(reason.said)} <span className="faint">{t('bits', { bits: (reason.bits > 0 ? '+' : '') + reason.bits.toFixed(1) })}</span>
                </li>
              ))}
            </ul>
          ) : (
            <p className="faint">{t(`${key}.none`)}</p>
          )}
        </div>
      ))}
    </div>
  )
}
