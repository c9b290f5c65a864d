import { expect, test } from '@playwright/test'
import { expectAccessible } from './axe'
import { drawer, env, logPath, rows, signIn } from './helpers'

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme })

    test('login, log, drawer, filters: no axe violation', async ({ page }) => {
      await page.goto('/login')
      await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible()
      await expectAccessible(page)
      await signIn(page)
      await expect(rows(page).first()).toBeVisible()
      await expectAccessible(page)
      await rows(page).nth(2).click()
      await expect(drawer(page).getByRole('tab', { name: 'JSON' })).toBeVisible()
      await expectAccessible(page)
      await drawer(page).getByRole('tab', { name: 'JSON' }).click()
      await expectAccessible(page)
      await page.getByRole('button', { name: /^Event type/ }).click()
      await expect(page.getByRole('listbox').getByRole('option').first()).toBeVisible()
      await expectAccessible(page)
      await page.keyboard.press('Escape')
      await page.goto(logPath('?actor=nobody-at-all'))
      await expect(page.getByRole('heading', { name: 'No event matches' })).toBeVisible()
      await expectAccessible(page)
      await page.goto('/nothing/here')
      await expect(page.getByRole('heading', { name: 'Page not found' })).toBeVisible()
      await expectAccessible(page)
    })

    test('the curl panel and the phone layout: no axe violation', async ({ page }) => {
      await signIn(page, logPath('?cols=pocketsoc'))
      await page.getByRole('button', { name: 'Copy as curl' }).click()
      await expect(page.getByRole('dialog')).toBeVisible()
      await expectAccessible(page)
      await page.keyboard.press('Escape')
      await page.setViewportSize({ width: 390, height: 740 })
      await expect(rows(page).first()).toBeVisible()
      await expectAccessible(page)
      await page.getByRole('button', { name: 'Open navigation' }).click()
      await expect(page.getByRole('dialog')).toBeVisible()
      await expectAccessible(page)
    })

    test('what goes wrong: no axe violation', async ({ page }) => {
      await signIn(page, logPath('?event=0199f3c2-0000-7000-8000-000000000000'))
      await expect(drawer(page).getByRole('alert')).toBeVisible()
      await expect(rows(page).first()).toBeVisible()
      await expectAccessible(page)
      await page.route('**/v1/orgs/*/events?**', (route) =>
        route.fulfill({
          status: 500,
          contentType: 'application/problem+json',
          body: '{"title":"Broken","detail":"It is.","code":"internal","request_id":"r1"}',
        }),
      )
      await page.getByRole('button', { name: 'Refresh' }).click()
      await expect(page.getByText('Refreshing failed.')).toBeVisible()
      await expectAccessible(page)
      await page.goto(logPath())
      await expect(page.getByRole('heading', { name: 'Broken' })).toBeVisible()
      await expectAccessible(page)
      await page.unroute('**/v1/orgs/*/events?**')
      await page.goto('/o/somebody-elses/events')
      await expect(page.getByRole('heading', { name: 'No such organization' })).toBeVisible()
      await expect(page).toHaveTitle(/^No such organization/)
      await expectAccessible(page)
    })

    test('the page for members: no axe violation', async ({ page }) => {
      await signIn(page, logPath(), env('ANNALS_MEMBER_EMAIL'))
      await expect(page.getByRole('heading', { name: 'You cannot see this log' })).toBeVisible()
      await expectAccessible(page)
    })
  })
}
