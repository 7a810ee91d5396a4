import { Button, Slider } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress } from '../../shared/address'
import { usePick } from '../../shared/words'
import type { TargetData } from './Targets'
import { parseWeights, writeWeights } from './trial'

const MOST = 50

/** Sliders to try other weights; nothing is stored, the published ranks stay in sight. */
export function Weights({ data }: { data: TargetData }) {
  const { scorecard } = data
  const { t } = useTranslation('targets')
  const pick = usePick()
  const [{ weights }, patch] = useAddress()
  const [isOpen, setIsOpen] = useState(Boolean(weights))
  const tried = parseWeights(weights)
  const published = { ...scorecard.settings, ...scorecard.changed }
  const parts = (data.items[0]?.parts ?? []).filter((part) => part.code in scorecard.settings)
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
          {parts.map(({ code, title }) => (
            <Weight
              key={`${code}${tried[code] ?? ''}`}
              label={pick(title)}
              value={tried[code] ?? published[code] ?? 0}
              onSet={(value) => patch({ weights: writeWeights({ ...tried, [code]: value }), offset: undefined }, true)}
            />
          ))}
          <p className="faint small">{t('weights.hint', { version: scorecard.version })}</p>
        </div>
      ) : null}
    </div>
  )
}

function Weight({ label, value, onSet }: { label: string; value: number; onSet: (value: number) => void }) {
  const [moving, setMoving] = useState(value)
  const isDeduction = value < 0
  return (
    <div className="weight">
      <span>{label}</span>
      <Slider
        min={isDeduction ? -MOST : 0}
        max={isDeduction ? 0 : MOST}
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
