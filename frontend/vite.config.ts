import react from '@vitejs/plugin-react'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

const backend = process.env.ANNALS_DEV_BACKEND ?? 'http://127.0.0.1:8080'
const otherLanguage =
  /[\\/]react-(aria|stately|aria-components)[\\/].*[\\/]intl[\\/].*[\\/](?!en-US)[a-z]{2}-[A-Z]{2}\.mjs$/

/** React Aria brings its few sentences in 34 languages; the page speaks one (see I18nProvider in app.tsx). */
function onlyEnglish(): Plugin {
  return {
    name: 'only-english',
    enforce: 'pre',
    load: (id) => (otherLanguage.test(id) ? 'export default {}' : undefined),
  }
}

export default defineConfig({
  plugins: [onlyEnglish(), react()],
  build: {
    manifest: true,
    // The API reference is one large library; what a first visit to the app may load is held by `npm run budget`.
    chunkSizeWarningLimit: 1_700,
    rolldownOptions: { input: ['index.html', 'docs.html'] },
    assetsInlineLimit: 0,
    cssTarget: ['chrome123', 'firefox125', 'safari17.5'],
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/v1': backend, '/openapi.yaml': backend } },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.{ts,tsx}'],
    env: { TZ: 'UTC' },
  },
})
