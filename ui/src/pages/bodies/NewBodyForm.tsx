import { useNavigate } from '@tanstack/react-router'
import { Button, Select } from 'antd'
import { type FormEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client'
import { ProblemError } from '../../api/problem'
import { keptSearch, type Search } from '../../shared/address'
import { toPage } from '../../shared/codes'
import { GroundFields } from '../../shared/GroundFields'
import { PageLink } from '../../shared/PageLink'
import { answered, useChange, useRead } from '../../shared/reading'
import { ProblemNote, Shown } from '../../shared/states'
import { type Ground, groundGiven, NO_GROUND, stateable } from '../../shared/stating'
import { asGiven, type Declared, NOTHING, type TypedValue, ValueField } from '../../shared/ValueField'
import { usePick } from '../../shared/words'

// What a new body is known again by, and where it lies: asked first where its kind has it.
const FIRST = ['name', 'code', 'credit_code', 'region']

/** Asks for the first values of a new body, as its kind declares them. */
export default function NewBodyForm({ kind, onCancel }: { kind: string; onCancel: () => void }) {
  const query = useRead('/api/v1/kinds/{kind}', { path: { kind } }, { keep: true })
  return (
    <Shown query={query} rows={6}>
      {(found) => <Fields kind={kind} declared={stateable(kind, found.declared)} onCancel={onCancel} />}
    </Shown>
  )
}

interface Line {
  key: number
  attribute: Declared
  value: TypedValue
}

function firstLines(declared: Declared[]): Line[] {
  return FIRST.flatMap((name) => declared.filter((one) => one.name === name)).map((attribute, key) => ({ key, attribute, value: NOTHING }))
}

function Fields({ kind, declared, onCancel }: { kind: string; declared: Declared[]; onCancel: () => void }) {
  const { t } = useTranslation('bodies')
  const { t: shared } = useTranslation('shared')
  const pick = usePick()
  const navigate = useNavigate()
  const id = useId()
  const [lines, setLines] = useState(() => firstLines(declared))
  const [ground, setGround] = useState<Ground>(NO_GROUND)
  const filled = lines.filter((line) => line.value.text.trim())
  const make = useChange(
    () =>
      answered(
        client.POST('/api/v1/kinds/{kind}/bodies', {
          params: { path: { kind } },
          body: { ...groundGiven(ground), values: filled.map((line) => ({ attribute: line.attribute.name, ...asGiven(line.attribute, line.value) })) },
        }),
      ),
    (made) => {
      const to = kind === 'Company' ? toPage.firm(made.code) : toPage.body(made.code)
      void navigate({ to: to as never, search: ((before: Search) => keptSearch(before)) as never })
    },
  )
  function submit(event: FormEvent) {
    event.preventDefault()
    make.mutate(undefined)
  }
  function change(key: number, value: TypedValue) {
    setLines(lines.map((line) => (line.key === key ? { ...line, value } : line)))
  }
  function add(name: string) {
    const attribute = declared.find((one) => one.name === name)
    if (attribute) setLines([...lines, { key: lines.length, attribute, value: NOTHING }])
  }
  const taken = new Set(lines.map((line) => line.attribute.name))
  return (
    <form className="state-form" onSubmit={submit} data-testid="new-body-form">
      {lines.map((line) => (
        <div key={line.key} className={line.attribute.type === 'text' ? undefined : 'wide'}>
          <label htmlFor={`${id}-${line.key}`}>
            {pick(line.attribute.title)}
            {line.attribute.name === 'name' ? ' *' : ''}
          </label>
          <ValueField id={`${id}-${line.key}`} attribute={line.attribute} value={line.value} onChange={(value) => change(line.key, value)} />
        </div>
      ))}
      <div className="wide">
        <Select
          aria-label={t('addValue')}
          placeholder={t('addValue')}
          showSearch={{ optionFilterProp: 'label' }}
          value={null}
          options={declared.filter((one) => one.many || !taken.has(one.name)).map((one) => ({ value: one.name, label: pick(one.title) }))}
          onChange={(name: string | null) => (name ? add(name) : undefined)}
        />
      </div>
      <GroundFields ground={ground} onChange={setGround} />
      {make.error ? (
        <div className="wide">
          <ProblemNote error={make.error} />
          <There error={make.error} kind={kind} />
        </div>
      ) : null}
      <div className="row wide">
        <Button type="primary" htmlType="submit" loading={make.isPending} disabled={!filled.length || ground.reason.trim().length < 2}>
          {shared('state.save')}
        </Button>
        <Button onClick={onCancel}>{t('cancel')}</Button>
      </div>
    </form>
  )
}

/** The way to the body that is there already. */
function There({ error, kind }: { error: unknown; kind: string }) {
  const { t } = useTranslation('bodies')
  const code = error instanceof ProblemError ? error.body.code : undefined
  if (typeof code !== 'string') return null
  return <PageLink to={kind === 'Company' ? toPage.firm(code) : toPage.body(code)}>{t('openThere')}</PageLink>
}
