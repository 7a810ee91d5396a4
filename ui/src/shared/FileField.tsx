import { UploadOutlined } from '@ant-design/icons'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { comma } from './words'

/** Chooses files with the reader's words on it, or takes them when they are dropped. */
export function FileField({
  label,
  files,
  accept,
  isMany,
  testId,
  onChoose,
}: {
  label: string
  files: File[]
  accept?: string
  isMany?: boolean
  testId: string
  onChoose: (files: File[]) => void
}) {
  const { t } = useTranslation('shared')
  const id = useId()
  const [isOver, setIsOver] = useState(false)
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- dropping is a shortcut; the file field serves the keyboard
    <div
      className={`file-field ${isOver ? 'over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault()
        setIsOver(true)
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setIsOver(false)
        const dropped = [...event.dataTransfer.files]
        onChoose(isMany ? dropped : dropped.slice(0, 1))
      }}
    >
      <input
        id={id}
        type="file"
        className="screen-reader"
        accept={accept}
        multiple={isMany}
        data-testid={testId}
        onChange={(event) => {
          onChoose([...(event.target.files ?? [])])
          event.target.value = ''
        }}
      />
      <label htmlFor={id} className="file-button">
        <UploadOutlined aria-hidden /> {label}
      </label>
      <span className="faint file-names">
        {files.length ? files.map((file) => file.name).join(comma()) : t(isMany ? 'file.dropMany' : 'file.drop')}
      </span>
    </div>
  )
}
