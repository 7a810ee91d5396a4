import { Button, Checkbox, Select } from 'antd'
import { type FormEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client'
import { FactValue } from './FactCard'
import { GroundFields } from './GroundFields'
import { Notice } from './Notice'
import { answered, useChange, useRead } from './reading'
import type { Body } from './StateValue'
import { ProblemNote, Shown } from './states'
import { type Ground, groundGiven, NO_GROUND, stateable } from './stating'
import { useToast } from './toast'
import { asGiven, type Declared, NOTHING, type TypedValue, ValueField } from './ValueField'
import { usePick } from './words'

/** Asks for one value of a body, as its kind declares it. */
export default function StateForm({ body, onDone }: { body: Body; onDone: () => void }) {
  const query = useRead('/api/v1/kinds/{kind}', { path: { kind: body.kind } }, { keep: true })
  return (
    <Shown query={query} rows={6}>
      {(kind) => <Fields body={body} declared={stateable(kind.name, kind.declared)} onDone={onDone} />}
    </Shown>
  )
}

function Fields({ body, declared, onDone }: { body: Body; declared: Declared[]; onDone: () => void }) {
  const { t } = useTranslation('shared')
  const pick = usePick()
  const toast = useToast()
  const id = useId()
  const [name, setName] = useState('')
  const [value, setValue] = useState<TypedValue>(NOTHING)
  const [ground, setGround] = useState<Ground>(NO_GROUND)
  const [isPreferred, setIsPreferred] = useState(true)
  const [told, setTold] = useState('')
  const attribute = declared.find((one) => one.name === name)
  const state = useChange(
    (one: Declared) =>
      answered(
        client.POST('/api/v1/bodies/{code}/values', {
          params: { path: { code: body.code } },
          body: { ...groundGiven(ground), ...asGiven(one, value), attribute: one.name, preferred: isPreferred && !one.many },
        }),
      ),
    (done) => {
      if (done.shown) {
        toast(t('state.done'))
        onDone()
      } else setTold(t(done.later ? 'state.later' : 'state.notShown'))
    },
  )
  function submit(event: FormEvent) {
    event.preventDefault()
    if (attribute) state.mutate(attribute)
  }
  if (told) return <Notice kind="info" title={told} action={<Button size="small" onClick={onDone}>{t('close')}</Button>} />
  return (
    <form className="state-form" onSubmit={submit} data-testid="state-form">
      <div className="wide">
        <label htmlFor={`${id}-what`}>{t('state.attribute')}</label>
        <Select
          id={`${id}-what`}
          showSearch={{ optionFilterProp: 'label' }}
          placeholder={t('state.choose')}
          value={name || undefined}
          options={declared.map((one) => ({ value: one.name, label: pick(one.title) }))}
          onChange={(next: string) => {
            setName(next)
            setValue(NOTHING)
          }}
        />
      </div>
      {attribute ? (
        <>
          <Present body={body} attribute={attribute} />
          <div className="wide">
            <label htmlFor={`${id}-value`}>{t(attribute.many ? 'state.oneMore' : 'state.newValue')}</label>
            <ValueField key={attribute.name} id={`${id}-value`} attribute={attribute} value={value} onChange={setValue} />
          </div>
          <GroundFields ground={ground} onChange={setGround} />
          {attribute.many ? null : (
            <Checkbox className="wide" checked={isPreferred} onChange={(event) => setIsPreferred(event.target.checked)}>
              {t('state.preferred')}
            </Checkbox>
          )}
        </>
      ) : null}
      {state.error ? (
        <div className="wide">
          <ProblemNote error={state.error} />
        </div>
      ) : null}
      <div className="row wide">
        <Button type="primary" htmlType="submit" loading={state.isPending} disabled={!attribute || !value.text.trim() || ground.reason.trim().length < 2}>
          {t('state.save')}
        </Button>
        <Button onClick={onDone}>{t('reason.cancel')}</Button>
      </div>
    </form>
  )
}

/** What is held of the attribute now, and whence. */
function Present({ body, attribute }: { body: Body; attribute: Declared }) {
  const { t } = useTranslation('shared')
  const pick = usePick()
  const held = body.attributes.find((one) => one.name === attribute.name)?.values ?? []
  return (
    <p className="wide state-present">
      <span className="faint">{t('state.now')}</span>{' '}
      {held.length
        ? held.slice(0, 6).map((one) => (
            <span key={one.fact}>
              <FactValue fact={{ ...one, unit: one.unit ?? attribute.unit }} /> <span className="faint small">{pick(one.source_title)}</span>{' '}
            </span>
          ))
        : t('state.nothing')}
      {held.length > 6 ? '…' : null}
    </p>
  )
}
