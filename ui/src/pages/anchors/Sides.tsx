import { useTranslation } from 'react-i18next'
import { Figure } from '../../shared/Figure'
import { Panel } from '../../shared/PageHead'
import type { Answer } from '../../shared/reading'
import { usePick } from '../../shared/words'

export type PurchaseData = Answer<'/api/v1/anchors/{firm}/purchases'>

/** Where the firm buys: here, elsewhere, nobody knows; the local share by amount above it. */
export function Sides({ data }: { data: PurchaseData }) {
  const { t } = useTranslation('anchors')
  const pick = usePick()
  return (
    <Panel title={t('buys')} testId="purchases">
      <p data-testid="purchase-sentence">{pick(data.sentence)}</p>
      {data.sides.length ? (
        <dl className="anchor-sides">
          <div>
            <dt>{t('share')}</dt>
            <dd>
              <Figure title={t('share')} figure={{ ...data.share, value: null }} />
            </dd>
          </div>
          {data.sides.map((side) => (
            <div key={side.side} data-side={side.side}>
              <dt>{pick(side.title)}</dt>
              <dd>
                {t('items', { count: side.items })} <Figure title={pick(side.title)} figure={side.amount} />
              </dd>
            </div>
          ))}
        </dl>
      ) : null}
    </Panel>
  )
}
