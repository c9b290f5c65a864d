import { expect, test } from '@playwright/test'
import { expectAccessible } from './axe'
import { drawer, env, logPath, rows, signIn } from './helpers'

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme })

    test('login, log, drawer, filters: no axe violation', async ({ page }) => {
      await page.goto('/login')
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
      await expect(page.getByRole('option').first()).toBeVisible()
      await expectAccessible(page)
      await page.keyboard.press('Escape')
      await page.goto(logPath('?actor=nobody-at-all'))
      await expect(page.getByRole('heading', { name: 'No event matches' })).toBeVisible()
      await expectAccessible(page)
      await page.goto('/nothing/here')
      await expect(page.getByRole('heading', { name: 'Page not found' })).toBeVisible()
      await expectAccessible(page)
    })

    test('a list, the curl panel and the phone layout: no axe violation', async ({ page }) => {
      await signIn(page, logPath('?cols=pocketsoc'))
      await page.getByRole('button', { name: /Time range/ }).click()
      await expect(page.getByRole('option', { name: 'Last 7 days' })).toBeVisible()
      await expect(page.getByRole('dialog')).toBeVisible()
      await expectAccessible(page)
      await page.keyboard.press('Escape')
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

    test('the page for members: no axe violation', async ({ page }) => {
      await signIn(page, logPath(), env('ANNALS_MEMBER_EMAIL'))
      await expect(page.getByRole('heading', { name: 'You cannot see this log' })).toBeVisible()
      await expectAccessible(page)
    })
  })
}
