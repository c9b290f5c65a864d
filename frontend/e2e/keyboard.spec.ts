import { expect, test } from '@playwright/test'
import { drawer, env, grid, logPath, rows, signIn } from './helpers'

test('sign in, read an event and sign out without a mouse', async ({ page }) => {
  await page.goto(logPath())
  await expect(page.getByLabel('E-mail')).toBeFocused()
  await page.keyboard.type(env('ANNALS_ADMIN_EMAIL'))
  await page.keyboard.press('Tab')
  await page.keyboard.type(env('ANNALS_ADMIN_PASSWORD'))
  await page.keyboard.press('Enter')
  await expect(rows(page).first()).toBeVisible()
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused()

  for (let presses = 0; presses < 12; presses += 1) {
    await page.keyboard.press('Tab')
    if (await grid(page).evaluate((node) => node === document.activeElement)) break
  }
  await expect(grid(page)).toBeFocused()
  const active = () => page.locator('[data-event][data-active]').getAttribute('data-event')
  const first = await active()
  await page.keyboard.press('ArrowDown')
  const second = await active()
  expect(second).not.toBe(first)
  await page.keyboard.press('k')
  expect(await active()).toBe(first)
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await expect(drawer(page)).toBeVisible()
  await expect(page).toHaveURL(new RegExp(`event=${second}`))
  await page.keyboard.press('ArrowDown')
  await expect(page).not.toHaveURL(new RegExp(`event=${second}`))
  await page.keyboard.press('Escape')
  await expect(drawer(page)).toBeHidden()
  await expect(grid(page)).toBeFocused()
  await page.keyboard.press('PageDown')
  await page.keyboard.press('Home')
  expect(await active()).toBe(first)
})

test('the skip link leads to the content', async ({ page }) => {
  await signIn(page)
  await page.reload()
  await expect(grid(page)).toBeVisible()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.locator('main')).toBeFocused()
  await expect(page).toHaveURL(/\/events/)
})
