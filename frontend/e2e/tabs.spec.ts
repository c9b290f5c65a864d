import { type Browser, expect, type Page, type Response, test } from '@playwright/test'
import { env, grid, logPath, signIn } from './helpers'

test.use({
  launchOptions: {
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP annals.test 127.0.0.1'],
  },
})

const expired = {
  status: 401,
  contentType: 'application/problem+json',
  body: '{"code":"unauthenticated"}',
}

const isListed = (response: Response) => response.status() === 200 && /\/events\?/.test(response.url())

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

test('tabs whose tokens run out together refresh and go on, both of them', async ({ browser }) => {
  const base = `http://localhost:${port()}`
  const context = await browser.newContext()
  const tabs = [await context.newPage(), await context.newPage()]
  const [first, second] = tabs as [Page, Page]
  await signIn(first, base + logPath())
  await second.goto(base + logPath())
  for (const tab of tabs) {
    await expect(grid(tab)).toBeVisible()
    // What the service answers to a token that has run out; all that follows is real.
    await tab.route('**/v1/orgs/*/events?**', (route) => route.fulfill(expired), { times: 1 })
  }
  const refreshed = Promise.all(tabs.map((tab) => tab.waitForResponse(isListed)))
  await Promise.all(tabs.map((tab) => tab.getByRole('button', { name: 'Refresh' }).click()))
  await refreshed
  for (const tab of tabs) {
    await expect(tab.getByRole('dialog')).toHaveCount(0)
    await expect(tab.getByText('Refreshing failed.')).toHaveCount(0)
    await tab.reload()
    await expect(grid(tab)).toBeVisible()
  }
  await context.close()
})
