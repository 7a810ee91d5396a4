import { useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useAddress, useMoment } from '../../shared/address'
import { ProblemError } from '../../api/problem'
import { fullCode, toPage } from '../../shared/codes'
import { writeInstant, writeWan } from '../../shared/figures'
import { DemoTag, Unknown } from '../../shared/marks'
import { isNow } from '../../shared/moment'
import { PageHead } from '../../shared/PageHead'
import { PageLink } from '../../shared/PageLink'
import { type Answer, useRead } from '../../shared/reading'
import { Series } from '../../shared/Series'
import { useMay } from '../../shared/session'
import { Shown } from '../../shared/states'
import { useLanguage, usePick } from '../../shared/words'
import { TabStrip } from '../../shared/TabStrip'
import { Notice } from '../../shared/Notice'
import { Difference } from './Difference'
import { Dossier } from './Dossier'
import { Fields } from './Fields'
import { NotThen } from './NotThen'
import { Promises } from './Promises'
import { Recommendation } from './Recommendation'
import { StageLine } from './StageLine'
import './project.css'

export type ProjectData = Answer<'/api/v1/projects/{code}'>

const BODY = /^[0-9A-Z]+-[0-9A-Z]{7,}$/

/** A project: stage line and gate on top; below its dossier, fields, promises and what changed. */
export default function Project() {
  const { code: short } = useParams({ strict: false }) as { code: string }
  // A project may be named by its number as well as by its body code.
  const code = BODY.test(short) ? fullCode(short) : short
  const isPast = !isNow(useMoment())
  const query = useRead('/api/v1/projects/{code}', { path: { code } })
  const isAbsent = query.error instanceof ProblemError && query.error.status === 404
  return (
    <div className="page" data-testid="project">
      {isPast && isAbsent ? (
        <NotThen code={code} />
      ) : (
        <Shown query={query} rows={12}>
          {(project) => <ProjectBody project={project} />}
        </Shown>
      )}
    </div>
  )
}

function ProjectBody({ project }: { project: ProjectData }) {
  const { t } = useTranslation('project')
  const [{ tab }, patch] = useAddress()
  const isPresent = isNow(useMoment())
  const mayWrite = useMay('project:write') && isPresent && !project.deleted
  return (
    <>
      <PageHead title={project.name} says={<Facts project={project} />} actions={<PageLink to={toPage.projects()}>{t('back')}</PageLink>} />
      {project.deleted ? <Notice kind="warning" title={t('deleted')} /> : null}
      <StageLine project={project} mayWrite={mayWrite} />
      <TabStrip label={project.name}
        chosen={tab ?? 'dossier'}
        onChoose={(key) => patch({ tab: key === 'dossier' ? undefined : key }, true)}
        tabs={[
          { key: 'dossier', label: t('tabs.dossier'), children: <Dossier project={project} /> },
          { key: 'fields', label: t('tabs.fields'), children: <Fields project={project} mayWrite={mayWrite} /> },
          { key: 'promises', label: t('tabs.promises', { count: project.promises.length }), children: <Promises project={project} mayWrite={mayWrite} /> },
          { key: 'series', label: t('tabs.series'), children: <Series code={project.code} /> },
          { key: 'diff', label: t('tabs.diff'), children: <Difference project={project} /> },
          { key: 'why', label: t('tabs.why'), children: <Recommendation project={project} /> },
        ]}
      />
      <p className="faint small">{t('asOf', { at: writeInstant(project.valid_at), known: writeInstant(project.known_at) })}</p>
    </>
  )
}

function Facts({ project }: { project: ProjectData }) {
  const { t } = useTranslation('project')
  const language = useLanguage()
  const pick = usePick()
  return (
    <span className="project-facts">
      <DemoTag demo={project.demo} />
      <span>{project.number}</span>
      <span>
        {t('investor')}{' '}
        {project.company ? <PageLink to={toPage.firm(project.company.code)}>{project.company.name}</PageLink> : (project.company_name ?? <Unknown />)}
      </span>
      <span>
        {t('link')}{' '}
        {project.links.length
          ? project.links.map((link) => {
              const [chain, code] = (link.key ?? '').split('/')
              return (
                <PageLink key={link.code} to={toPage.chains()} search={{ chain, link: code }}>
                  {link.name}
                </PageLink>
              )
            })
          : <Unknown />}
      </span>
      <span>
        {t('investment')} {writeWan(project.investment_wan, language) ?? <Unknown />}
      </span>
      <span>
        {t('owner')} {project.owner ?? <Unknown />}
      </span>
      <span className="screen-reader">{pick(project.stage?.title)}</span>
    </span>
  )
}
