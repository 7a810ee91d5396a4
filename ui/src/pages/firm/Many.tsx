import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { BasisTag } from '../../shared/marks'
import { Panel } from '../../shared/PageHead'
import type { Attribute, FirmData } from './Firm'
import { HeldValue } from './HeldValue'

const FEW = 10

/** Products or links: many values of one attribute. */
export function Many({
  firm,
  attribute,
  title,
  none,
}: {
  firm: FirmData
  attribute?: Attribute
  title: string
  none: string
}) {
  const { t } = useTranslation('firm')
  const [isAll, setIsAll] = useState(false)
  const values = attribute?.values ?? []
  const shown = isAll ? values : values.slice(0, FEW)
  return (
    <Panel title={title} extra={values.length ? t('count', { count: values.length }) : null}>
      {attribute && values.length ? (
        <ul className="plain-list many">
          {shown.map((held) => (
            <li key={held.fact}>
              <HeldValue firm={firm} attribute={attribute} held={held} /> <BasisTag basis={held.basis} />
            </li>
          ))}
        </ul>
      ) : (
        <p className="faint">{none}</p>
      )}
      {values.length > FEW ? (
        <Button size="small" type="link" onClick={() => setIsAll(!isAll)}>
          {t(isAll ? 'fewer' : 'all', { count: values.length })}
        </Button>
      ) : null}
    </Panel>
  )
}
