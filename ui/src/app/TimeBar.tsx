import { ClockCircleOutlined } from '@ant-design/icons'
import { Button, Popover } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress, useMoment } from '../shared/address'
import { daysBefore, isNow, type Moment, today } from '../shared/moment'

const CompareDrawer = lazy(() => import('./CompareDrawer'))

/** Sets the moment every figure on the page is seen at: 现在, or a day of the facts and of what was known. */
export function TimeBar() {
  const { t } = useTranslation('app')
  const moment = useMoment()
  const [, patch] = useAddress()
  const [isOpen, setIsOpen] = useState(false)
  const [isComparing, setIsComparing] = useState(false)
  const isPast = !isNow(moment)

  function set(next: Moment) {
    patch({ valid_at: next.validAt, known_at: next.knownAt })
    setIsOpen(false)
  }

  return (
    <div className="time-bar" data-testid="time-bar">
      <Popover
        open={isOpen}
        onOpenChange={setIsOpen}
        trigger="click"
        placement="bottomRight"
        destroyOnHidden
        content={
          <Chooser
            key={`${moment.validAt}/${moment.knownAt}`}
            moment={moment}
            onSet={set}
            onCompare={() => {
              setIsOpen(false)
              setIsComparing(true)
            }}
          />
        }
      >
        <Button
          className="time-chip"
          icon={<ClockCircleOutlined aria-hidden />}
          aria-label={t('time.label', { moment: write(moment, t) })}
          aria-expanded={isOpen}
        >
          <span>{write(moment, t)}</span>
        </Button>
      </Popover>
      {isPast ? (
        <>
          <Button className="wide-only" onClick={() => setIsComparing(true)} data-testid="compare">
            {t('time.compare')}
          </Button>
          <Button type="link" onClick={() => set({})} data-testid="back-to-now">
            {t('time.back')}
          </Button>
          {isComparing ? (
            <Suspense fallback={null}>
              <CompareDrawer open onClose={() => setIsComparing(false)} moment={moment} />
            </Suspense>
          ) : null}
        </>
      ) : null}
    </div>
  )
}

type Say = (key: string, values?: Record<string, unknown>) => string

function write(moment: Moment, t: Say): string {
  if (isNow(moment)) return t('time.now')
  const { validAt, knownAt } = moment
  if (validAt && knownAt && validAt === knownAt) return t('time.both', { day: validAt })
  return [
    validAt ? t('time.validShort', { day: validAt }) : '',
    knownAt ? t('time.knownShort', { day: knownAt }) : '',
  ]
    .filter(Boolean)
    .join(' · ')
}

function Chooser({
  moment,
  onSet,
  onCompare,
}: {
  moment: Moment
  onSet: (moment: Moment) => void
  onCompare: () => void
}) {
  const { t } = useTranslation('app')
  const now = today()
  const [validAt, setValidAt] = useState(moment.validAt ?? '')
  const [knownAt, setKnownAt] = useState(moment.knownAt ?? '')
  return (
    <form
      className="time-chooser"
      onSubmit={(event) => {
        event.preventDefault()
        onSet({ validAt: validAt || undefined, knownAt: knownAt || undefined })
      }}
    >
      <label>
        {t('time.valid')}
        <span className="faint">{t('time.validHint')}</span>
        <input type="date" max={now} value={validAt} data-testid="valid-at" onChange={(event) => setValidAt(event.target.value)} />
      </label>
      <label>
        {t('time.known')}
        <span className="faint">{t('time.knownHint')}</span>
        <input type="date" max={now} value={knownAt} data-testid="known-at" onChange={(event) => setKnownAt(event.target.value)} />
      </label>
      <div className="time-quick">
        {[1, 7, 30, 365].map((days) => {
          const day = daysBefore(now, days)
          return (
            <Button key={days} size="small" onClick={() => onSet({ validAt: day, knownAt: day })}>
              {t(`time.before${days}`)}
            </Button>
          )
        })}
      </div>
      <div className="time-actions">
        {isNow(moment) ? null : <Button onClick={onCompare}>{t('time.compare')}</Button>}
        <Button onClick={() => onSet({})}>{t('time.now')}</Button>
        <Button type="primary" htmlType="submit" disabled={!validAt && !knownAt}>
          {t('time.set')}
        </Button>
      </div>
    </form>
  )
}
