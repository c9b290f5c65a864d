// The API reference: Swagger UI over this server's own openapi.yaml. It only reads: no request is tried from here.
import SwaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle.js'
import 'swagger-ui-dist/swagger-ui.css'
import '../styles/tokens.css'
import './docs.css'
import './bar.css'
import { applyTheme } from '../ui/theme'

const root = document.documentElement
const systemIsDark = matchMedia('(prefers-color-scheme: dark)')

function followTheme(): void {
  applyTheme()
  const { theme } = root.dataset
  root.classList.toggle('dark-mode', theme === undefined ? systemIsDark.matches : theme === 'dark')
}

followTheme()
systemIsDark.addEventListener('change', followTheme)

// A link inside the button that opens an operation could not be told apart from it; opening one sets the address.
const place = document.getElementById('api')
if (place) {
  SwaggerUI({
    url: '/openapi.yaml',
    domNode: place,
    deepLinking: true,
    docExpansion: 'list',
    defaultModelsExpandDepth: 0,
    supportedSubmitMethods: [],
    validatorUrl: null,
    syntaxHighlight: { activated: false },
    plugins: [{ components: { DeepLink: ({ text }) => text } }],
    onComplete: () => place.setAttribute('data-ready', ''),
  })
}
