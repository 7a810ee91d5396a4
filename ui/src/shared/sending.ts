import { addressOfWrite } from '../api/client'
import { asProblem, ProblemError } from '../api/problem'

/** Send a form with files and tell how far it got; raise ProblemError when the server refuses. */
export function sendForm<T>(path: string, form: FormData, onProgress: (share: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', addressOfWrite(path))
    request.setRequestHeader('Accept-Language', document.documentElement.lang.startsWith('en') ? 'en' : 'zh')
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total)
    })
    request.addEventListener('load', () => {
      const body = parse(request.responseText)
      if (request.status < 300) resolve(body as T)
      else reject(asProblem(request.status, body))
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
