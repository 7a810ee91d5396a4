import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { startWords } from '../shared/words'
import { App } from './App'
import './look.css'
import './frame.css'
import '../shared/shared.css'

await startWords()
createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
