import { type Browser, expect, test } from '@playwright/test'
import { env, grid, logPath, signIn } from './helpers'

test.use({
  launchOptions: {
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP annals.test 127.0.0.1'],
  },
})

const tabCount = 3
const reloads = 6

async function reloadTogether(browser: Browser, base: string): Promise<void> {
  const context = await browser.newContext()
  const first = await context.newPage()
  await signIn(first, base + logPath())
  const others = await Promise.all(Array.from({ length: tabCount - 1 }, () => context.newPage()))
  const tabs = [first, ...others]
  await Promise.all(others.map((tab) => tab.goto(base + logPath())))
  for (let round = 0; round < reloads; round += 1) {
    await Promise.all(tabs.map((tab) => tab.reload()))
    for (const tab of tabs) await expect(grid(tab)).toBeVisible()
  }
  await context.close()
}

const port = () => new URL(env('ANNALS_URL')).port

test('tabs that reload together stay signed in: localhost', async ({ browser }) => {
  await reloadTogether(browser, `http://localhost:${port()}`)
})

test('tabs that reload together stay signed in: plain http, where there are no locks', async ({
  browser,
}) => {
  await reloadTogether(browser, `http://annals.test:${port()}`)
})
