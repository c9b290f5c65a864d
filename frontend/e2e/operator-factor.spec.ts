import { expect, test } from '@playwright/test'
import { type FreshServer, startFresh } from './fresh-server'
import { setUp, signInAt } from './people'

let server: FreshServer

test.beforeEach(async () => {
  server = await startFresh({ ANNALS_OPERATORS_NEED_MFA: 'true' })
  await setUp(server)
})

test.afterEach(() => server.stop())

test('an operator without a second factor is told why, and where to set one up', async ({ page }) => {
  await signInAt(page, `${server.url}/operator`)
  await expect(page.getByRole('heading', { name: 'Set up a second factor first' })).toBeVisible()
  await page.getByRole('link', { name: 'Set it up in your profile' }).click()
  await expect(page.getByRole('button', { name: 'Set up an authenticator app' })).toBeVisible()
})
