/** Tells every tab of this browser of changes over one stream: the tab that holds the lock keeps it. */
const CHANNEL = 'chaintwin-changes'
const PATH = '/api/v1/events'

/** Listen for changes; return the way to stop. */
export function listenForChanges(onChange: () => void): () => void {
  const channel = new BroadcastChannel(CHANNEL)
  channel.addEventListener('message', onChange)
  const stop = navigator.locks ? lead(channel, onChange) : listenWhileSeen(onChange)
  return () => {
    stop()
    channel.close()
  }
}

function lead(channel: BroadcastChannel, onChange: () => void): () => void {
  const leaving = new AbortController()
  let stream: EventSource | null = null
  navigator.locks
    .request(CHANNEL, { signal: leaving.signal }, async () => {
      stream = openStream(() => {
        channel.postMessage('change')
        onChange()
      })
      await new Promise<void>((resolve) => {
        leaving.signal.addEventListener('abort', () => resolve())
      })
      stream.close()
    })
    .catch(() => undefined)
  return () => {
    leaving.abort()
    stream?.close()
  }
}

// Without locks (plain http from another machine) only the tab that is looked at keeps a stream.
function listenWhileSeen(onChange: () => void): () => void {
  let stream: EventSource | null = null
  const follow = () => {
    if (document.visibilityState === 'visible') stream ??= openStream(onChange)
    else {
      stream?.close()
      stream = null
    }
  }
  follow()
  document.addEventListener('visibilitychange', follow)
  return () => {
    document.removeEventListener('visibilitychange', follow)
    stream?.close()
  }
}

function openStream(onChange: () => void): EventSource {
  const stream = new EventSource(PATH)
  stream.addEventListener('change', onChange)
  return stream
}
