import { expect, test } from '@playwright/test'
import { env, grid, logPath, signIn } from './helpers'

/** Another machine over plain http: no secure context, so no locks and no clipboard. It works and says what that means. */
test.use({
  launchOptions: {
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP annals.test 127.0.0.1'],
  },
})

test('over plain http the page warns, works, and says why it cannot copy', async ({ page }) => {
  const base = `http://annals.test:${new URL(env('ANNALS_URL')).port}`
  await page.goto(`${base}/login`)
  expect(await page.evaluate(() => window.isSecureContext)).toBe(false)
  await expect(page.getByText('This connection is not encrypted')).toBeVisible()
  await signIn(page, base + logPath())
  await page.reload()
  await expect(grid(page)).toBeVisible()
  await expect(page.getByText('This connection is not encrypted')).toBeVisible()
  await page.getByRole('button', { name: 'Copy as curl' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Copy' }).click()
  await expect(page.getByText('This browser copies only over https')).toBeVisible()
})
