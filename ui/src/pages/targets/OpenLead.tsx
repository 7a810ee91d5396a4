import { useNavigate } from '@tanstack/react-router'
import { Button, Checkbox, Input, Modal, Tooltip } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client'
import { ProblemError } from '../../api/problem'
import { keptSearch, type Search, useMoment } from '../../shared/address'
import { toPage } from '../../shared/codes'
import { isNow } from '../../shared/moment'
import { answered, useChange } from '../../shared/reading'
import { usePlaceName } from '../../shared/region'
import { useMay, useMe } from '../../shared/session'
import { ProblemNote } from '../../shared/states'
import { usePick } from '../../shared/words'
import { useToast } from '../../shared/toast'
import type { Target, TargetData } from './Targets'

/** One click makes a lead on this firm; the recommendation is kept with it as it stands. */
export function OpenLead({ target, data }: { target: Target; data: TargetData }) {
  const { t } = useTranslation('targets')
  const { t: shared } = useTranslation('shared')
  const say = useToast()
  const navigate = useNavigate()
  const me = useMe()
  const may = useMay('project:write')
  const isPresent = isNow(useMoment())
  const pick = usePick()
  const placeName = usePlaceName()
  const [isOpen, setIsOpen] = useState(false)
  const [name, setName] = useState('')
  const [owner, setOwner] = useState(me.name)
  const [isAgain, setIsAgain] = useState(false)
  const nameId = useId()
  const ownerId = useId()
  const open = useChange(
    () =>
      answered(
        client.POST('/api/v1/leads', {
          body: { ...leadOf(target, data), name: name.trim() || null, owner: owner.trim() || null, again: isAgain },
        }),
      ),
    (project) => {
      say(t('lead.done', { number: project.number ?? '' }))
      void navigate({ to: toPage.project(project.code) as never, search: ((before: Search) => keptSearch(before)) as never })
    },
  )
  if (!may) return null
  return (
    <>
      <Tooltip title={isPresent ? '' : shared('pastOnly')}>
        <Button
          type="primary"
          disabled={!isPresent}
          data-testid="open-lead"
          onClick={() => {
            setName(t('lead.suggested', { firm: target.short_name ?? target.name, link: pick(data.link_title) }))
            setIsOpen(true)
          }}
        >
          {t('lead.open')}
        </Button>
      </Tooltip>
      <Modal
        open={isOpen}
        title={t('lead.title', { firm: target.name })}
        okText={t('lead.confirm')}
        cancelText={t('lead.cancel')}
        confirmLoading={open.isPending}
        onCancel={() => setIsOpen(false)}
        onOk={() => open.mutate(undefined)}
        okButtonProps={{ disabled: !name.trim() }}
      >
        <div className="lead-form">
          <p className="faint">{t('lead.says', { link: pick(data.link_title), region: placeName(data.region_name) })}</p>
          <label htmlFor={nameId}>{t('lead.name')}</label>
          <Input id={nameId} value={name} maxLength={200} onChange={(event) => setName(event.target.value)} />
          <label htmlFor={ownerId}>{t('lead.owner')}</label>
          <Input id={ownerId} value={owner} maxLength={100} onChange={(event) => setOwner(event.target.value)} />
          {open.error ? <ProblemNote error={open.error} /> : null}
          {open.error instanceof ProblemError && open.error.status === 409 ? (
            <Checkbox checked={isAgain} onChange={(event) => setIsAgain(event.target.checked)} data-testid="lead-again">
              {t('lead.again')}
            </Checkbox>
          ) : null}
        </div>
      </Modal>
    </>
  )
}

function leadOf(target: Target, data: TargetData) {
  const cited = (rows: Target['reasons']) =>
    rows.map((reason) => ({
      text: reason.text.zh,
      facts: reason.facts.map((fact) => ({ body: fact.body, fact: fact.fact })),
    }))
  return {
    firm: target.firm,
    link: data.link.includes('/') ? data.link : `${data.chain}/${data.link}`,
    region: data.region.padEnd(6, '0'),
    recommendation: {
      score: target.total,
      low: Math.max(0, target.low),
      high: Math.min(100, target.high),
      rank: target.rank,
      scorecard: data.scorecard.name,
      scorecard_version: data.scorecard.version,
      reasons: cited(target.reasons),
      counter_reasons: cited(target.counter_reasons),
      missing: target.missing.map((row) => row.text.zh),
      at: data.as_of,
    },
  }
}
