import { useTranslation } from 'react-i18next'
import { toPage } from '../../shared/codes'
import { Figure } from '../../shared/Figure'
import { writeInstant } from '../../shared/figures'
import { DemoTag } from '../../shared/marks'
import { PageHead } from '../../shared/PageHead'
import { PageLink } from '../../shared/PageLink'
import { type Answer, useRead } from '../../shared/reading'
import { usePlaceName, useRegion } from '../../shared/region'
import { EmptyNote, Shown } from '../../shared/states'
import { ChainSentences } from './ChainSentences'
import { Gaps } from './Gaps'
import { Place } from './Place'
import { Stages } from './Stages'
import { Targets } from './Targets'
import { Today } from './Today'
import './cockpit.css'

export type CockpitData = Answer<'/api/v1/regions/{code}/cockpit'>

/** A region at a glance: its chains in a sentence, gaps, candidates, projects, places. */
export default function Cockpit() {
  const { t } = useTranslation('cockpit')
  const region = useRegion()
  const query = useRead(
    '/api/v1/regions/{code}/cockpit',
    { path: { code: region ?? '' } },
    { enabled: Boolean(region), keep: true },
  )
  if (!region) {
    return (
      <div className="page">
        <PageHead title={t('title')} />
        <EmptyNote text={t('noRegion')} />
      </div>
    )
  }
  return (
    <div className="page" data-testid="cockpit">
      <Shown query={query} rows={10}>
        {(data) => <Body data={data} />}
      </Shown>
    </div>
  )
}

function Body({ data }: { data: CockpitData }) {
  const { t } = useTranslation('cockpit')
  const name = usePlaceName()(data.region_name)
  const title = t('titleOf', { region: name })
  return (
    <>
      <PageHead title={title} says={<Facts data={data} />} />
      <ChainSentences data={data} />
      <div className="cockpit-main">
        <Gaps data={data} />
        <div className="cockpit-side">
          <Targets data={data} />
          <Today region={data.region} />
        </div>
      </div>
      <div className="cockpit-main">
        <Place region={data.region} name={name} />
        <Stages data={data} />
      </div>
      <p className="faint small">
        {t('asOf', { at: writeInstant(data.as_of), known: writeInstant(data.known_at), card: data.scorecard.version })}
      </p>
    </>
  )
}

function Facts({ data }: { data: CockpitData }) {
  const { t } = useTranslation('cockpit')
  return (
    <span className="cockpit-facts">
      <span>
        {t('firms')} <Figure title={t('firms')} figure={data.firms} />
      </span>
      <span>
        {t('projects')} <Figure title={t('projects')} figure={data.projects} />
      </span>
      <span>
        {t('parcelsFree')} <Figure title={t('parcelsFree')} figure={data.parcels_free} />
        {' / '}
        <Figure title={t('parcels')} figure={data.parcels} />
      </span>
      <PageLink to={toPage.sources()}>
        {t('coverage')} <DemoTag demo={data.coverage_demo} />
      </PageLink>
    </span>
  )
}
