import { Button, Segmented } from 'antd'
import { useTranslation } from 'react-i18next'
import { useAddress, useMoment } from '../../shared/address'
import { daysBefore, type Moment, today } from '../../shared/moment'

type Clock = 'known' | 'valid'

/** Sets the day the dossier is seen at, by what was on record then or by what was true then. */
export function AsOf() {
  const { t } = useTranslation('project')
  const moment = useMoment()
  const [{ clock: asked }, patch] = useAddress()
  const clock = clockOf(moment, asked)
  const day = (clock === 'valid' ? moment.validAt : moment.knownAt) ?? moment.knownAt ?? moment.validAt ?? ''
  const now = today()
  const set = (next: string, by: Clock) =>
    patch({
      known_at: by === 'known' && next ? next : undefined,
      valid_at: by === 'valid' && next ? next : undefined,
      clock: by === 'valid' ? 'valid' : undefined,
    })
  return (
    <span className="row">
      <label className="row">
        {t('dossier.asOf')}
        <input type="date" className="date-input" max={now} value={day} data-testid="dossier-as-of" onChange={(event) => set(event.target.value, clock)} />
      </label>
      <Button size="small" onClick={() => set(daysBefore(now, 1), clock)} data-testid="dossier-yesterday">
        {t('dossier.yesterday')}
      </Button>
      <Button size="small" disabled={!day} onClick={() => set('', clock)} data-testid="dossier-now">
        {t('dossier.now')}
      </Button>
      <Segmented
        size="small"
        aria-label={t('diff.clock')}
        value={clock}
        options={[
          { value: 'known', label: t('diff.known') },
          { value: 'valid', label: t('diff.valid') },
        ]}
        onChange={(next) => set(day, next as Clock)}
      />
    </span>
  )
}

/** By which clock the dossier is seen. */
export function clockOf(moment: Moment, asked: string | undefined): Clock {
  if (moment.knownAt) return 'known'
  return moment.validAt || asked === 'valid' ? 'valid' : 'known'
}
