import { Button, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useRead } from '../../shared/reading'
import { Shown } from '../../shared/states'

/** Compares every stored original with its hash and replays the records. */
export function Check({ code }: { code: string }) {
  const { t } = useTranslation('project')
  const [isOpen, setIsOpen] = useState(false)
  const query = useRead('/api/v1/projects/{code}/dossier/check', { path: { code } }, { enabled: isOpen })
  return (
    <>
      <Button size="small" onClick={() => setIsOpen(true)} data-testid="check-dossier">
        {t('check.button')}
      </Button>
      <Modal open={isOpen} footer={null} title={t('check.title')} onCancel={() => setIsOpen(false)}>
        {isOpen ? (
          <Shown query={query} rows={3}>
            {(check) => (
              <div className="form">
                <p>
                  <strong className={check.unsound ? 'late-text' : 'sound'}>
                    {check.unsound ? t('check.unsound', { count: check.unsound, total: check.total }) : t('check.sound', { total: check.total })}
                  </strong>
                </p>
                <p>{t(check.replays === null ? 'check.replaysUnknown' : check.replays ? 'check.replays' : 'check.replaysNot')}</p>
                <ul className="plain-list">
                  {check.items
                    .filter((item) => !item.sound)
                    .map((item) => (
                      <li key={item.code}>
                        {item.file_number}：{item.message}
                      </li>
                    ))}
                  {check.differences.map((text) => (
                    <li key={text}>{text}</li>
                  ))}
                </ul>
              </div>
            )}
          </Shown>
        ) : null}
      </Modal>
    </>
  )
}
