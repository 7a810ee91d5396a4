import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { startWords } from '../shared/words'
import { App } from './App'
import './look.css'
import './frame.css'
import '../shared/shared.css'

// A page that was open while the program was renewed asks for parts that are gone: read it anew, once.
window.addEventListener('vite:preloadError', (event) => {
  if (sessionStorage.getItem('chaintwin.renewed') === location.href) return
  sessionStorage.setItem('chaintwin.renewed', location.href)
  event.preventDefault()
  location.reload()
})

await startWords()
createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
