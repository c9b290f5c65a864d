import { expect, type Page, test } from '@playwright/test'
import { catalogPath, drawer, rows, signIn } from './helpers'

/** How far the content of each part is wider than the part; clipped parts hide it from the eye and from the document. */
function overflow(page: Page): Promise<Record<string, number>> {
  return page.evaluate(() => {
    const parts = ['html', 'main', '[role=grid]', 'aside']
    const found = parts.flatMap((part) => {
      const node = document.querySelector(part)
      return node && node.clientWidth > 0 ? [[part, Math.max(0, node.scrollWidth - node.clientWidth)]] : []
    })
    return Object.fromEntries(found)
  })
}

for (const width of [1440, 1000, 390, 320]) {
  test(`nothing is wider than its place at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 740 })
    await page.goto('/login')
    await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible()
    expect(await overflow(page)).toEqual({ html: 0, main: 0 })
    await signIn(page)
    await expect(rows(page).first()).toBeVisible()
    expect(await overflow(page)).toEqual({ html: 0, main: 0, '[role=grid]': 0 })
    await rows(page).nth(1).click()
    await expect(drawer(page).getByRole('tab', { name: 'JSON' })).toBeVisible()
    expect(await overflow(page)).toEqual({ html: 0, main: 0, '[role=grid]': 0, aside: 0 })
    await expect(rows(page).first()).toBeVisible({ visible: width >= 1000 })
    await drawer(page).getByRole('button', { name: 'Close the event' }).click()
    await expect(rows(page).first()).toBeVisible()
    await page.goto(catalogPath())
    await expect(page.locator('[data-entry]').first()).toBeVisible()
    expect(await overflow(page)).toEqual({ html: 0, main: 0 })
    await page.locator('[data-entry="case.viewed"]').click()
    await expect(page.getByRole('heading', { name: 'Post one' })).toBeVisible()
    expect(await overflow(page)).toEqual({ html: 0, main: 0, aside: 0 })
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
  await expect(page.getByRole('button', { name: 'Open navigation' })).toBeFocused()
})
