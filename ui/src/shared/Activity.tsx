import { useTranslation } from 'react-i18next'
import { writeNumber, writeShare } from './figures'
import { DemoTag } from './marks'
import { Notice } from './Notice'
import { type Answer, useRead } from './reading'
import { useLanguage } from './words'

type Told = Answer<'/api/v1/bodies/{code}/activity'>
type One = Told['items'][number]

/** What the readings say of production or of the site, with the figures put into the formula. */
export function Activity({ code }: { code: string }) {
  const query = useRead('/api/v1/bodies/{code}/activity', { path: { code } }, { keep: true })
  return query.data?.items.map((one) => <Judged key={one.series} one={one} rule={query.data} />)
}

function Judged({ one, rule }: { one: One; rule: Told }) {
  const { t } = useTranslation('shared')
  const language = useLanguage()
  const isSite = one.active_days !== null
  const figures = {
    from: one.window_from,
    days: one.window_days,
    seen: one.window_seen,
    mean: writeNumber(one.window_mean, null, language) ?? t('unknown'),
    before: writeNumber(one.reference_mean, null, language) ?? t('unknown'),
    beforeSeen: one.reference_seen,
    share: writeShare(rule.stopped_share),
    active: one.active_days,
    least: rule.active_least,
    activeShare: writeShare(rule.active_share),
    needed: writeShare(rule.needed_share),
  }
  const isNews = one.state === 'suspected_stop'
  return (
    <Notice
      kind={isNews ? 'warning' : 'info'}
      title={
        <span className="tags">
          {t(`activity.${one.state}`)} <DemoTag demo={one.demo} />
        </span>
      }
    >
      <div>{t(isSite ? 'activity.siteSays' : 'activity.useSays', figures)}</div>
      <div className="faint small">{t('activity.rule', { version: rule.version, needed: figures.needed })}</div>
    </Notice>
  )
}
