import './styles/tokens.css'
import './styles/base.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { session } from './api/client'
import { holdLinkToken } from './api/link-token'
import { App } from './app/app'
import { StartFailedPage } from './app/start-failed-page'
import { applyTheme } from './ui/theme'

holdLinkToken()
applyTheme()

async function start(): Promise<void> {
  const root = createRoot(document.querySelector('#root') as HTMLElement)
  try {
    await session.refresh()
    root.render(
      <StrictMode>
        <App />
      </StrictMode>,
    )
  } catch (error) {
    root.render(<StartFailedPage error={error} />)
  }
}

void start()
