import { Button, Slider } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress } from '../../shared/address'
import type { TargetData } from './Targets'
import { parseWeights, writeWeights } from './trial'

/** Sliders to try other weights; nothing is stored, the published ranks stay in sight. */
export function Weights({ scorecard }: { scorecard: TargetData['scorecard'] }) {
  const { t } = useTranslation('targets')
  const [{ weights }, patch] = useAddress()
  const [isOpen, setIsOpen] = useState(Boolean(weights))
  const tried = parseWeights(weights)
  const published = { ...scorecard.settings, ...scorecard.changed }
  const names = Object.keys(scorecard.settings).filter((name) => t(`weights.${name}`, '') !== '')
  const isTrying = Object.keys(tried).length > 0
  return (
    <div className="weights">
      <div className="row">
        <Button size="small" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)} data-testid="weights">
          {t('weights.title')}
        </Button>
        {isTrying ? (
          <>
            <span className="trying">{t('weights.trying')}</span>
            <Button size="small" type="link" onClick={() => patch({ weights: undefined }, true)}>
              {t('weights.reset')}
            </Button>
          </>
        ) : null}
      </div>
      {isOpen ? (
        <div className="weights-sliders">
          {names.map((name) => (
            <Weight
              key={`${name}${tried[name] ?? ''}`}
              name={name}
              value={tried[name] ?? published[name] ?? 0}
              onSet={(value) => patch({ weights: writeWeights({ ...tried, [name]: value }), offset: undefined }, true)}
            />
          ))}
          <p className="faint small">{t('weights.hint', { version: scorecard.version })}</p>
        </div>
      ) : null}
    </div>
  )
}

function Weight({ name, value, onSet }: { name: string; value: number; onSet: (value: number) => void }) {
  const { t } = useTranslation('targets')
  const [moving, setMoving] = useState(value)
  const label = t(`weights.${name}`)
  return (
    <div className="weight">
      <span>{label}</span>
      <Slider
        min={Math.min(0, value)}
        max={Math.max(50, value)}
        value={moving}
        onChange={setMoving}
        onChangeComplete={onSet}
        ariaLabelForHandle={label}
        tooltip={{ open: false }}
      />
      <span className="number">{moving}</span>
    </div>
  )
}
