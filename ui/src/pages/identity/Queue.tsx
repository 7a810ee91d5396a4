import { useTranslation } from 'react-i18next'
import { useAddress } from '../../shared/address'
import { Pager } from '../../shared/Pager'
import { useRead } from '../../shared/reading'
import { EmptyNote, Shown } from '../../shared/states'
import { OnePair } from './OnePair'

const AT_ONCE = 10

/** Pairs that wait for a person, the likeliest first; or those put off. */
export function Queue({ later }: { later: boolean }) {
  const { t } = useTranslation('identity')
  const [{ offset }] = useAddress()
  const query = useRead(
    '/api/v1/identity/queue',
    { query: { later, limit: AT_ONCE, offset: Number(offset) || 0 } },
    { keep: true },
  )
  return (
    <Shown query={query} rows={8}>
      {(page) =>
        page.items.length ? (
          <div className="pairs-to-judge" data-testid="identity-queue">
            <p className="faint">{t('queueSays', { upper: page.upper, lower: page.lower, model: page.model })}</p>
            {page.items.map((pair) => (
              <OnePair key={`${pair.one.code}${pair.other.code}`} pair={pair} />
            ))}
            <Pager page={page} />
          </div>
        ) : (
          <EmptyNote text={t(later ? 'noneLater' : 'noneWaiting')} />
        )
      }
    </Shown>
  )
}
