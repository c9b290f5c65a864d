import { existsSync } from 'node:fs'
import { defineConfig } from '@playwright/test'

const executablePath = '/usr/bin/chromium'

if (!existsSync(executablePath)) {
  throw new Error('These tests need Chromium: sudo apt-get install -y --no-install-recommends chromium')
}

export default defineConfig({
  testDir: 'e2e',
  globalSetup: './e2e/server.ts',
  workers: 2,
  timeout: 45_000,
  // A second try tells a busy machine from a broken page; it is reported as flaky.
  retries: process.env.CI ? 1 : 0,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    // Set by the global set-up, which starts the server on a free port.
    baseURL: process.env.ANNALS_URL,
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
})
