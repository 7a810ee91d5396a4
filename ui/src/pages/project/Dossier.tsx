import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMoment } from '../../shared/address'
import { writeBytes } from '../../shared/figures'
import { isNow } from '../../shared/moment'
import { Panel } from '../../shared/PageHead'
import { type Answer, useRead } from '../../shared/reading'
import { useMay } from '../../shared/session'
import { EmptyNote, Shown } from '../../shared/states'
import { usePick } from '../../shared/words'
import { AsOf } from './AsOf'
import { Check } from './Check'
import { Items } from './Items'
import type { ProjectData } from './Project'
import { Upload } from './Upload'
import { momentQuery } from './files'

export type DossierData = Answer<'/api/v1/projects/{code}/dossier'>

/** The dossier as of any day: a filing list with numbers, times and hashes. */
export function Dossier({ project }: { project: ProjectData }) {
  const { t } = useTranslation('project')
  const pick = usePick()
  const moment = useMoment()
  const isPresent = isNow(moment)
  const mayFile = useMay('project:write')
  const mayArchive = useMay('archive:write')
  const mayExport = useMay('export')
  const [group, setGroup] = useState<string | null>(null)
  const query = useRead('/api/v1/projects/{code}/dossier', { path: { code: project.code } }, { keep: true })
  return (
    <Shown query={query} rows={8}>
      {(dossier) => (
        <div className="dossier" data-testid="dossier">
          <div className="dossier-bar">
            <AsOf />
            <span className="faint" data-testid="dossier-count">
              {t('dossier.count', { count: dossier.total, size: writeBytes(dossier.bytes) })}
              {dossier.withdrawn ? ` · ${t('dossier.withdrawn', { count: dossier.withdrawn })}` : ''}
            </span>
            {mayExport ? (
              <a href={`/api/v1/projects/${encodeURIComponent(project.code)}/dossier/catalogue.xlsx${momentQuery(moment)}`} download>
                {t('dossier.catalogue')}
              </a>
            ) : null}
            <Check code={project.code} />
          </div>
          {(mayFile || mayArchive) && isPresent && !project.deleted ? <Upload project={project} /> : null}
          <Panel title={t('dossier.title')} testId="filing-list">
            <div className="stage-strip group-strip" role="group" aria-label={t('dossier.groups')}>
              <button type="button" aria-pressed={group === null} onClick={() => setGroup(null)}>
                {t('dossier.all')} <strong>{dossier.items.length}</strong>
              </button>
              {dossier.groups
                .filter((one) => one.count > 0)
                .map((one) => (
                  <button key={one.code} type="button" aria-pressed={group === one.code} onClick={() => setGroup(one.code)}>
                    {pick(one.title)} <strong>{one.count}</strong>
                  </button>
                ))}
            </div>
            {dossier.items.length ? (
              <Items project={project} items={dossier.items.filter((item) => !group || item.group === group)} mayWithdraw={(mayFile || mayArchive) && isPresent} />
            ) : (
              <EmptyNote text={t(isPresent ? 'dossier.none' : 'dossier.noneThen')} />
            )}
          </Panel>
        </div>
      )}
    </Shown>
  )
}
