import { useTranslation } from 'react-i18next'
import { writeDay, writeInstant } from '../../shared/figures'
import { BasisTag, EvaluationOnlyTag, Unknown } from '../../shared/marks'
import { Panel } from '../../shared/PageHead'
import { EmptyNote } from '../../shared/states'
import { usePick } from '../../shared/words'
import type { Attribute, FirmData } from './Firm'
import { HeldValue } from './HeldValue'

/** What is held true of the firm, each value with its source and both clocks. */
export function Attributes({ firm, attributes }: { firm: FirmData; attributes: Attribute[] }) {
  const { t } = useTranslation('firm')
  const pick = usePick()
  if (!attributes.length) return <EmptyNote text={t('noFacts')} />
  return (
    <Panel title={t('tabs.facts')} className="facts">
      <div className="table-hold">
        <table className="data-table" aria-label={t('tabs.facts')}>
          <thead>
            <tr>
              <th scope="col">{t('attribute')}</th>
              <th scope="col">{t('value')}</th>
              <th scope="col">{t('source')}</th>
              <th scope="col">{t('validFrom')}</th>
              <th scope="col">{t('knownFrom')}</th>
            </tr>
          </thead>
          <tbody>
            {attributes.flatMap((attribute) =>
              attribute.values.map((held, position) => (
                <tr key={`${attribute.name}${held.fact}`}>
                  <td className="name">{position ? '' : pick(attribute.title)}</td>
                  <td data-label={t('value')}>
                    <span className="row">
                      <HeldValue firm={firm} attribute={attribute} held={held} />
                      <span className="tags">
                        <BasisTag basis={held.basis} />
                        <EvaluationOnlyTag isSo={held.evaluation_only} />
                      </span>
                    </span>
                  </td>
                  <td data-label={t('source')}>{pick(held.source_title)}</td>
                  <td data-label={t('validFrom')}>{writeDay(held.valid_from, held.precision) ?? <Unknown />}</td>
                  <td data-label={t('knownFrom')}>{writeInstant(held.known_from)}</td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      </div>
    </Panel>
  )
}
