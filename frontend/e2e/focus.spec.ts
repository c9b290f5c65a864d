import { expect, type Page, test } from '@playwright/test'
import { drawer, ensureEvents, grid, logPath, rows, signIn } from './helpers'

const typeButton = (page: Page) => page.getByRole('button', { name: /^Event type/ })
const remove = (page: Page) => page.getByRole('button', { name: /^Remove the filter/ })

test('Done by keeps the focus on Enter and follows the URL', async ({ page }) => {
  await signIn(page)
  const field = page.getByRole('searchbox', { name: 'Done by' })
  await field.fill('nobody-at-all')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'No event matches' })).toBeVisible()
  await expect(field).toBeFocused()
  await page.goBack()
  await expect(field).toHaveValue('')
})

test('removing filters leads to the next one, then to the filters', async ({ page }) => {
  await signIn(page, logPath('?action=user.logged_in,user.invited&since=-30d'))
  await expect(remove(page)).toHaveCount(3)
  await remove(page).first().click()
  await expect(remove(page)).toHaveCount(2)
  await expect(remove(page).first()).toBeFocused()
  await remove(page).last().click()
  await expect(remove(page)).toHaveCount(1)
  await expect(remove(page)).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(typeButton(page)).toBeFocused()
  await page.goto(logPath('?since=-30d'))
  await page.getByRole('button', { name: 'Clear all', exact: true }).click()
  await expect(typeButton(page)).toBeFocused()
  await page.goto(logPath('?actor=nobody-at-all'))
  await page.getByRole('button', { name: 'Clear all filters' }).click()
  await expect(rows(page).first()).toBeVisible()
  await expect(typeButton(page)).toBeFocused()
})

test('Refresh and Load more keep the focus while they work', async ({ page, request }) => {
  const actor = { type: 'user', id: 'u_focus', name: 'Focus' }
  await ensureEvents(request, actor, 130)
  await signIn(page, logPath(`?actor=${actor.id}`))
  await expect(rows(page).first()).toBeVisible()
  const refresh = page.getByRole('button', { name: 'Refresh' })
  const answered = page.waitForResponse(/\/events\?/)
  await refresh.click()
  await answered
  await expect(refresh).toBeFocused()
  await page.getByRole('button', { name: 'Load more' }).click()
  await expect(page.getByRole('main').getByText(/^End of these results/)).toBeVisible()
  await expect(grid(page)).toBeFocused()
})

test('opening speaks, a second Enter goes into the event, Escape comes back', async ({ page }) => {
  await signIn(page)
  await expect(rows(page).first()).toBeVisible()
  const live = page.locator('[data-live]')
  await expect(live).toContainText(/events? /)
  await grid(page).focus()
  await page.keyboard.press('Enter')
  await expect(live).toHaveText(/ opened$/)
  await expect(drawer(page).getByRole('tab', { name: 'JSON' })).toBeVisible()
  await expect(grid(page)).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(drawer(page)).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(grid(page)).toBeFocused()
  await page.goto(logPath('?actor=nobody-at-all'))
  await expect(live).toHaveText('No event matches')
})
