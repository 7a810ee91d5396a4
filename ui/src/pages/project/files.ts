import { asProblem } from '../../api/problem'
import { ProblemError } from '../../api/problem'
import { type Moment, momentParams } from '../../shared/moment'

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

/** Send files to a dossier; tells how far it got. Raises ProblemError when the server refuses. */
export function sendPapers(code: string, papers: Papers, onProgress: (share: number) => void): Promise<void> {
  const form = new FormData()
  form.append('type', papers.type)
  if (papers.title) form.append('title', papers.title)
  if (papers.formedOn) form.append('formed_on', papers.formedOn)
  if (papers.responsible) form.append('responsible', papers.responsible)
  if (papers.label) form.append('label', papers.label)
  for (const file of papers.files) form.append('files', file, file.name)
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', `/api/v1/projects/${encodeURIComponent(code)}/files`)
    request.setRequestHeader('Accept-Language', document.documentElement.lang.startsWith('en') ? 'en' : 'zh')
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total)
    })
    request.addEventListener('load', () => {
      if (request.status < 300) resolve()
      else reject(asProblem(request.status, parse(request.responseText)))
    })
    request.addEventListener('error', () => reject(new ProblemError({ status: 0 })))
    request.send(form)
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
