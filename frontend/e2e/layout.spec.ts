import { expect, test } from '@playwright/test'
import { drawer, rows, signIn } from './helpers'

for (const width of [1440, 1000, 390, 320]) {
  test(`nothing scrolls sideways at ${width} px`, async ({ page }) => {
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    await page.setViewportSize({ width, height: 740 })
    await page.goto('/login')
    expect(await overflow()).toBeLessThanOrEqual(0)
    await signIn(page)
    await expect(rows(page).first()).toBeVisible()
    expect(await overflow()).toBeLessThanOrEqual(0)
    await rows(page).nth(1).click()
    await expect(drawer(page)).toBeVisible()
    expect(await overflow()).toBeLessThanOrEqual(0)
    await drawer(page).getByRole('button', { name: 'Close the event' }).click()
    await expect(rows(page).first()).toBeVisible()
  })
}

test('below 1000 px the navigation is a drawer', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 740 })
  await signIn(page)
  await expect(page.getByRole('link', { name: 'Audit log' })).toBeHidden()
  await page.getByRole('button', { name: 'Open navigation' }).click()
  await expect(page.getByRole('link', { name: 'Audit log' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('link', { name: 'Audit log' })).toBeHidden()
})
