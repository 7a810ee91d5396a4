import { useTranslation } from 'react-i18next'
import { toPage } from '../../shared/codes'
import { Evidence } from '../../shared/Figure'
import { DemoTag, EvaluationOnlyTag } from '../../shared/marks'
import { Panel } from '../../shared/PageHead'
import { PageLink } from '../../shared/PageLink'
import { useRead } from '../../shared/reading'
import { asShown } from '../../shared/showing'
import { Shown } from '../../shared/states'
import { usePick } from '../../shared/words'

const MOST = 8

/** Which local firms could introduce this one, step by step; nothing found is unknown, not none. */
export function Introductions({ firm, region }: { firm: string; region: string }) {
  const { t } = useTranslation('targets')
  const pick = usePick()
  const query = useRead('/api/v1/targets/{firm}/introductions', { path: { firm }, query: { region } })
  return (
    <Panel title={t('introductions.title')} extra={t('introductions.hint')} testId="introductions">
      <Shown query={query} rows={2}>
        {(data) => (
          <>
            <p className={data.items.length ? '' : 'faint'}>{pick(data.sentence)}</p>
            <ol className="introductions">
              {data.items.slice(0, MOST).map((path) => (
                <li key={path.firm}>
                  <PageLink to={toPage.firm(path.firm)}>{path.name}</PageLink> <DemoTag demo={path.demo} />
                  <EvaluationOnlyTag isSo={path.evaluation_only} />
                  {path.steps.map((step) => (
                    <span key={`${step.from_firm}${step.to_firm}`} className="introduction-step">
                      {' → '}
                      <Evidence title={pick(step.says)} figure={asShown({ text: step.says, facts: step.facts, asOf: data.as_of })}>
                        {pick(step.says)}
                      </Evidence>
                    </span>
                  ))}
                  <span className="faint small">
                    {' '}
                    {t('introductions.sure', { steps: path.length, confidence: path.confidence.toFixed(0) })}
                    {path.shared ? ` · ${pick(path.shared)}` : ''}
                  </span>
                </li>
              ))}
            </ol>
            {data.cut ? <p className="faint small">{t('introductions.cut')}</p> : null}
          </>
        )}
      </Shown>
    </Panel>
  )
}
