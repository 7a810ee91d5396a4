import { useTranslation } from 'react-i18next'
import { toPage } from '../../shared/codes'
import { Evidence } from '../../shared/Figure'
import { PageLink } from '../../shared/PageLink'
import { asShown } from '../../shared/showing'
import { usePick } from '../../shared/words'
import type { TargetData } from './Targets'

/** Firms that are not recommended, and why. */
export function Blocked({ data }: { data: TargetData }) {
  const { t } = useTranslation('targets')
  const pick = usePick()
  if (!data.blocked.length) return null
  return (
    <details className="blocked" data-testid="blocked">
      <summary>{t('blocked.title', { count: data.blocked.length })}</summary>
      <ul>
        {data.blocked.map((firm) => (
          <li key={firm.firm}>
            <PageLink to={toPage.firm(firm.firm)}>{firm.name}</PageLink>
            <div>
              <Evidence title={firm.name} figure={asShown({ text: firm.reason, facts: firm.facts, asOf: data.as_of })}>
                {pick(firm.reason)}
              </Evidence>
            </div>
            <div className="faint small">{pick(firm.way_out)}</div>
          </li>
        ))}
      </ul>
    </details>
  )
}
