import { useParams } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
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
import { RowsComing, Shown } from '../../shared/states'
import { StateValue } from '../../shared/StateValue'
import { TabStrip } from '../../shared/TabStrip'
import { Versions } from '../../shared/Versions'
import { Attributes } from './Attributes'
import { History } from './History'
import { Many } from './Many'
import { OwnProjects } from './OwnProjects'
import { heldText } from './held'
import './firm.css'

export type FirmData = Answer<'/api/v1/firms/{code}'>
export type Attribute = FirmData['attributes'][number]

const Relations = lazy(() => import('./Relations'))
const SHOWN_APART = new Set(['product', 'link', 'relation', 'demo'])

/** A firm: every fact with source and both clocks, products, links, history, relations. */
export default function Firm() {
  const { code: short } = useParams({ strict: false }) as { code: string }
  const code = fullCode(short)
  const query = useRead('/api/v1/firms/{code}', { path: { code } }, { keep: true })
  return (
    <div className="page" data-testid="firm">
      <Shown query={query} rows={12}>
        {(firm) => <FirmBody firm={firm} />}
      </Shown>
    </div>
  )
}

function FirmBody({ firm }: { firm: FirmData }) {
  const { t } = useTranslation('firm')
  const [{ tab }, patch] = useAddress()
  const many = (name: string) => firm.attributes.find((attribute) => attribute.name === name)
  const links = many('link')
  const products = many('product')
  const subtitle = ['short_name', 'stock', 'credit_code', 'status']
    .map((name) => heldText(many(name)?.values[0]))
    .filter(Boolean)
  return (
    <>
      <PageHead
        title={firm.name}
        says={
          <span className="tags">
            <DemoTag demo={firm.demo} />
            {subtitle.join(' · ')}
          </span>
        }
        actions={
          <>
            <PageLink to={toPage.firms()}>{t('back')}</PageLink>
            <StateValue body={firm} />
          </>
        }
      />
      <TabStrip label={firm.name}
        chosen={tab ?? 'facts'}
        onChoose={(key) => patch({ tab: key === 'facts' ? undefined : key }, true)}
        tabs={[
          {
            key: 'facts',
            label: t('tabs.facts'),
            children: (
              <div className="firm-split">
                <Attributes firm={firm} attributes={firm.attributes.filter((attribute) => !SHOWN_APART.has(attribute.name))} />
                <div className="firm-side">
                  <Many firm={firm} attribute={links} title={t('links')} none={t('noLinks')} />
                  <Many firm={firm} attribute={products} title={t('products')} none={t('noProducts')} />
                  <OwnProjects firm={firm.code} />
                </div>
              </div>
            ),
          },
          { key: 'claims', label: t('tabs.claims'), children: <Claims code={firm.code} /> },
          { key: 'series', label: t('tabs.series'), children: <Series code={firm.code} /> },
          { key: 'history', label: t('tabs.history'), children: <History code={firm.code} /> },
          { key: 'versions', label: t('tabs.versions'), children: <Versions code={firm.code} /> },
          {
            key: 'relations',
            label: t('tabs.relations'),
            children: (
              <Suspense fallback={<RowsComing rows={8} />}>
                <Relations code={firm.code} />
              </Suspense>
            ),
          },
        ]}
      />
      <p className="faint small">{t('asOf', { at: writeInstant(firm.valid_at), known: writeInstant(firm.known_at) })}</p>
    </>
  )
}
