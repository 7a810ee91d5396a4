import { type Moment, momentParams } from '../../shared/moment'
import { sendForm } from '../../shared/sending'

/** What is filed with one or several files. */
export interface Papers {
  files: File[]
  type: string
  title?: string
  formedOn?: string
  responsible?: string
  label?: string
}

/** Return the query that asks for a moment; empty for now. */
export function momentQuery(moment: Moment): string {
  const text = new URLSearchParams(momentParams(moment)).toString()
  return text ? `?${text}` : ''
}

/** Send files to a dossier; tells how far it got. */
export function sendPapers(code: string, papers: Papers, onProgress: (share: number) => void): Promise<unknown> {
  const form = new FormData()
  form.append('type', papers.type)
  if (papers.title) form.append('title', papers.title)
  if (papers.formedOn) form.append('formed_on', papers.formedOn)
  if (papers.responsible) form.append('responsible', papers.responsible)
  if (papers.label) form.append('label', papers.label)
  for (const file of papers.files) form.append('files', file, file.name)
  return sendForm(`/api/v1/projects/${encodeURIComponent(code)}/files`, form, onProgress)
}
