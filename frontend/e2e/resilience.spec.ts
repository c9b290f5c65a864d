import { expect, test } from '@playwright/test'
import { drawer, ensureEvents, grid, listEvents, logPath, postEvent, rows, signIn } from './helpers'

const olderRowsLateMs = 1500

const broken = {
  status: 500,
  contentType: 'application/problem+json',
  body: '{"title":"Broken","code":"internal","request_id":"r1"}',
}

test('a refresh near the end of the loaded rows keeps the new event', async ({ page, request }) => {
  const actor = { type: 'user', id: 'u_near', name: 'Near End', email: 'near@example.com' }
  await ensureEvents(request, actor, 130)
  await signIn(page, logPath(`?actor=${actor.id}`))
  await expect(rows(page).first()).toBeVisible()
  // Older rows come late, the refresh comes first.
  await page.route(/\/events\?.*cursor=/, async (route) => {
    await new Promise((done) => setTimeout(done, olderRowsLateMs))
    await route.continue().catch(() => undefined)
  })
  await grid(page).focus()
  await page.keyboard.press('End')
  const id = await postEvent(request, { action: 'user.logged_in', actor })
  await page.getByRole('button', { name: 'Refresh' }).click()
  await expect(page.locator(`[data-event="${id}"]`)).toBeVisible()
  await page.waitForTimeout(olderRowsLateMs + 500)
  await grid(page).focus()
  await page.keyboard.press('Home')
  await expect(rows(page).first()).toHaveAttribute('data-event', id)
})

test('coming back to a filter asks anew, and the line says as of when', async ({ page, request }) => {
  const actor = { type: 'user', id: 'u_back', name: 'Come Back' }
  await ensureEvents(request, actor, 2)
  await signIn(page, logPath(`?actor=${actor.id}`))
  await expect(page.getByText(/as of \d\d:\d\d:\d\d/).first()).toBeVisible()
  await page.getByRole('combobox', { name: 'Time range' }).selectOption('Last 24 hours')
  await expect(page).toHaveURL(/since=-24h/)
  const id = await postEvent(request, { action: 'user.logged_in', actor })
  await page.getByRole('combobox', { name: 'Time range' }).selectOption('All time')
  await expect(page.locator(`[data-event="${id}"]`)).toBeVisible()
})

test('Back after a quick change of mind does not leave the page', async ({ page }) => {
  await signIn(page)
  await expect(rows(page).first()).toBeVisible()
  const time = page.getByRole('combobox', { name: 'Time range' })
  await time.selectOption('Last 7 days')
  await expect(page).toHaveURL(/since=-7d/)
  await page.goBack()
  await expect(page).not.toHaveURL(/since=/)
  await time.selectOption('Last 30 days')
  await expect(page).toHaveURL(/since=-30d/)
  await page.goBack()
  await expect(page).toHaveURL(/\/events$/)
  await expect(time).toHaveValue('all')
})

test('code that cannot be loaded takes only its own place, and can be tried again', async ({ page }) => {
  await page.route('**/assets/event-drawer-*.js', (route) => route.abort())
  await signIn(page)
  await rows(page).nth(1).click()
  await expect(drawer(page).getByText('This part of the page could not be loaded')).toBeVisible()
  await expect(drawer(page).getByRole('button', { name: 'Try again' })).toBeVisible()
  await expect(rows(page).nth(1)).toBeVisible()
  await page.unroute('**/assets/event-drawer-*.js')
  await drawer(page).getByRole('button', { name: 'Reload the page' }).click()
  await expect(drawer(page).getByRole('tab', { name: 'JSON' })).toBeVisible()

  await page.route('**/assets/event-type-panel-*.js', (route) => route.abort())
  await page.getByRole('button', { name: /^Event type/ }).click()
  await expect(page.getByText('This part of the page could not be loaded')).toBeVisible()
  await page.unroute('**/assets/event-type-panel-*.js')
  await page.getByRole('dialog').getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('listbox').getByRole('option').first()).toBeVisible()
})

test('a failed refresh of one log is not shown on another', async ({ page }) => {
  await signIn(page)
  await expect(rows(page).first()).toBeVisible()
  await page.route('**/v1/orgs/*/events?**', (route) => route.fulfill(broken))
  await page.getByRole('button', { name: 'Refresh' }).click()
  await expect(page.getByText('Refreshing failed.')).toBeVisible()
  await page.unroute('**/v1/orgs/*/events?**')
  await page.getByRole('combobox', { name: 'Organization' }).selectOption({ index: 1 })
  await expect(rows(page).first()).toBeVisible()
  await expect(page.getByText('Refreshing failed.')).toHaveCount(0)
})

test('a refused query says every reason and offers to clear the filters', async ({ page, request }) => {
  expect((await listEvents(request)).data.length).toBeGreaterThan(0)
  await signIn(page, logPath('?since=whenever'))
  const alert = page.getByRole('alert')
  await expect(alert.getByRole('listitem').first()).toBeVisible()
  await expect(alert.getByRole('button', { name: 'Try again' })).toHaveCount(0)
  await alert.getByRole('button', { name: 'Clear all filters' }).click()
  await expect(rows(page).first()).toBeVisible()
})

test('with an event open and no match the list says so', async ({ page, request }) => {
  const id = (await listEvents(request, '?limit=1')).data[0]?.id
  await signIn(page, logPath(`?actor=nobody-at-all&event=${id}`))
  await expect(page.getByRole('heading', { name: 'No event matches' })).toBeVisible()
  await expect(drawer(page).getByRole('tab', { name: 'JSON' })).toBeVisible()
})

test('when the event types of the organization are not known, all are offered', async ({ page }) => {
  await page.route(/\/v1\/orgs\/[^/]+$/, (route) => route.fulfill(broken))
  await signIn(page)
  await expect(rows(page).first()).toBeVisible()
  await expect(page.getByText('all event types are offered')).toBeVisible()
  await page.unroute(/\/v1\/orgs\/[^/]+$/)
  await page.getByRole('alert').getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByText('all event types are offered')).toHaveCount(0)
})
