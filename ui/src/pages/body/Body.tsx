import { useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useAddress } from '../../shared/address'
import { Claims } from '../../shared/Claims'
import { fullCode, toPage } from '../../shared/codes'
import { writeInstant } from '../../shared/figures'
import { DemoTag } from '../../shared/marks'
import { PageHead } from '../../shared/PageHead'
import { PageLink } from '../../shared/PageLink'
import { type Answer, useRead } from '../../shared/reading'
import { Series } from '../../shared/Series'
import { Shown } from '../../shared/states'
import { StateValue } from '../../shared/StateValue'
import { TabStrip } from '../../shared/TabStrip'
import { Versions } from '../../shared/Versions'
import { usePick } from '../../shared/words'
import { Attributes } from './Attributes'
import { Place } from './Place'
import { Relations } from './Relations'
import './body.css'

type Imbalances = Answer<'/api/v1/bodies/{code}/whole'>['imbalances']
export type BodyData = Answer<'/api/v1/bodies/{code}'>

/** A body of any kind: attributes, place, relations, what sources claim, its versions and changes. */
export default function Body() {
  const { code: short } = useParams({ strict: false }) as { code: string }
  const code = fullCode(short)
  const query = useRead('/api/v1/bodies/{code}/whole', { path: { code }, query: { points: 0, relations: 1 } }, { keep: true })
  return (
    <div className="page" data-testid="body">
      <Shown query={query} rows={12}>
        {(whole) => <Whole body={whole.body} hasSeries={whole.series.length > 0} wrong={whole.imbalances} />}
      </Shown>
    </div>
  )
}

function Whole({ body, hasSeries, wrong }: { body: BodyData; hasSeries: boolean; wrong: Imbalances }) {
  const { t } = useTranslation('body')
  const pick = usePick()
  const [{ tab }, patch] = useAddress()
  return (
    <>
      <PageHead
        title={body.name}
        says={
          <span className="tags">
            <span>{pick(body.kind_title)}</span>
            <code className="small code">{body.code}</code>
            <DemoTag demo={body.demo} />
          </span>
        }
        actions={
          <>
            <PageLink to={toPage.bodies()} search={{ kind: body.kind }}>
              {t('back', { kind: pick(body.kind_title) })}
            </PageLink>
            <StateValue body={body} />
          </>
        }
      />
      {wrong.map((one) => (
        <p key={`${one.rule}/${one.body.code}`} className="body-wrong" data-testid="imbalance">
          ≠ {pick({ zh: one.says_zh, en: one.says_en })}
          {one.unknown ? ` ${t('unknownParts', { count: one.unknown })}` : ''}{' '}
          {one.others.map((other) => (
            <PageLink key={other.code} to={toPage.body(other.code)}>{other.name}</PageLink>
          ))}
        </p>
      ))}
      <TabStrip
        label={body.name}
        chosen={tab ?? 'facts'}
        onChoose={(key) => patch({ tab: key === 'facts' ? undefined : key }, true)}
        tabs={[
          { key: 'facts', label: t('tabs.facts'), children: <Attributes body={body} /> },
          { key: 'place', label: t('tabs.place'), children: <Place body={body} /> },
          { key: 'relations', label: t('tabs.relations'), children: <Relations code={body.code} /> },
          ...(hasSeries ? [{ key: 'series', label: t('tabs.series'), children: <Series code={body.code} /> }] : []),
          { key: 'claims', label: t('tabs.claims'), children: <Claims code={body.code} /> },
          { key: 'versions', label: t('tabs.versions'), children: <Versions code={body.code} /> },
        ]}
      />
      <p className="faint small">{t('asOf', { at: writeInstant(body.valid_at), known: writeInstant(body.known_at) })}</p>
    </>
  )
}
