import { type APIRequestContext, expect, type Locator, type Page, test } from '@playwright/test'
import {
  catalogPath,
  drawer,
  env,
  listEvents,
  logPath,
  otherOrg,
  postEvent,
  rows,
  signIn,
  testActor,
} from './helpers'

const title = 'Event catalog'

function openCatalog(page: Page, query = '', email = env('ANNALS_ADMIN_EMAIL'), org?: string): Promise<void> {
  return signIn(page, catalogPath(query, org), email, title)
}

const entries = (page: Page) => page.locator('[data-entry]')
const entry = (page: Page, action: string) => page.locator(`[data-entry="${action}"]`)
const row = (page: Page, action: string) => page.getByRole('row').filter({ has: entry(page, action) })
const panel = (page: Page) => page.getByRole('complementary', { name: 'Event type' })
const settings = (page: Page) => page.getByRole('complementary', { name: 'Packs and policy' })
const search = (page: Page) => page.getByRole('searchbox', { name: 'Search event types' })
const show = (page: Page, name: string) => page.getByRole('radio', { name: new RegExp(`^${name} [\\d,]+$`) })

/** Every event of an action, counted page by page. */
async function countEvents(request: APIRequestContext, action: string): Promise<number> {
  let count = 0
  let cursor: string | undefined
  do {
    const next = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const { data, page } = await listEvents(request, `?action=${action}&limit=1000${next}`)
    count += data.length
    cursor = page.next_cursor
  } while (cursor !== undefined)
  return count
}

async function seenOf(found: Locator): Promise<number> {
  return Number((await found.getByRole('cell').nth(4).innerText()).replaceAll(',', ''))
}

test('a type is found by search, opened, and its events are in the log', async ({ page }) => {
  await openCatalog(page)
  await expect(page.getByRole('heading', { name: 'What belongs in this log' })).toBeVisible()
  await search(page).fill('role changed')
  await expect(page).toHaveURL(/q=role%20changed/)
  await entry(page, 'user.role_changed').click()
  await expect(page).toHaveURL(/type=user\.role_changed/)
  await expect(panel(page).getByRole('heading', { level: 2 })).toHaveText('User role changed')
  await expect(panel(page)).toContainText("A user's role was changed.")
  await expect(panel(page)).toContainText('OCSF 1.8.0')
  await page.reload()
  await expect(panel(page).getByRole('heading', { level: 2 })).toHaveText('User role changed')
  await expect(search(page)).toHaveValue('role changed')
  await panel(page)
    .getByRole('link', { name: /^Show [\d,]+ events? in the log$/ })
    .click()
  await expect(page).toHaveURL(/\/events\?action=user\.role_changed$/)
  await expect(rows(page).first()).toHaveAttribute('data-action', 'user.role_changed')
})

test('counts are those of the log, and an action that no pack knows is there', async ({ page, request }) => {
  const unknown = 'e2e_coffee.brewed'
  await postEvent(request, { action: unknown, actor: testActor })
  await postEvent(request, { action: 'case.shared', actor: testActor })
  await openCatalog(page)
  await expect(row(page, unknown)).toBeVisible()
  for (const action of [unknown, 'case.shared', 'dashboard.created']) {
    expect(await seenOf(row(page, action)), action).toBe(await countEvents(request, action))
  }
  await show(page, 'Not in the catalog').check({ force: true })
  await expect(page).toHaveURL(/show=unknown/)
  await entry(page, unknown).click()
  await expect(panel(page)).toContainText('No pack knows this action')
  await expect(panel(page)).toContainText(`/v1/event-types/my-pack/${unknown}`)
  await show(page, 'Never seen').check({ force: true })
  await expect(entry(page, 'case.shared')).toHaveCount(0)
  await expect(panel(page)).toContainText('not among those your filters show')
})

test('what belongs in the log stays closed once it was closed, and opens again', async ({ page }) => {
  const lead = page.getByText('An audit log records who did what', { exact: false })
  const intro = page.getByRole('heading', { name: 'What belongs in this log' })
  await openCatalog(page)
  await expect(lead).toBeVisible()
  await intro.click()
  await expect(lead).toBeHidden()
  await page.reload()
  await expect(intro).toBeVisible()
  await expect(lead).toBeHidden()
  await intro.click()
  await page.reload()
  await expect(lead).toBeVisible()
})

test('the OCSF class has a column where there is room for one', async ({ page }) => {
  const column = page.getByRole('columnheader', { name: 'OCSF class' })
  await page.setViewportSize({ width: 1280, height: 800 })
  await openCatalog(page)
  await expect(column).toBeVisible()
  await expect(row(page, 'user.role_changed')).toContainText('User Access Management 3005')
  await page.setViewportSize({ width: 1200, height: 800 })
  await expect(column).toBeHidden()
})

test('categories narrow, and all of it is in the URL', async ({ page }) => {
  await openCatalog(page)
  const categories = page.getByRole('navigation', { name: 'Categories' })
  await expect(categories.getByRole('link', { name: /^Blink 92$/ })).toBeVisible()
  await categories.getByRole('link', { name: 'Approval Management 3' }).click()
  await expect(page).toHaveURL(/pack=blink&category=Approval%20Management/)
  await expect(entries(page)).toHaveText(['Request approved', 'Request denied', 'Request submitted'])
  await page.reload()
  await expect(entries(page)).toHaveCount(3)
  await page.goBack()
  await expect(page).not.toHaveURL(/category=/)
  await expect.poll(() => entries(page).count()).toBeGreaterThan(90)
})

test('what matches nothing says which filter to clear', async ({ page }) => {
  await openCatalog(page, '?q=zzz&pack=blink&category=Cases')
  await expect(page.getByRole('heading', { name: 'No event type matches' })).toBeVisible()
  await expect(page.getByText('“zzz” · Cases')).toBeVisible()
  await page.getByRole('button', { name: 'Clear the search “zzz” 7 event types' }).click()
  await expect(entries(page)).toHaveCount(7)
  await expect(search(page)).toBeFocused()
})

test('the preview tells what the service writes, and the example is what it takes', async ({
  page,
  request,
}) => {
  await openCatalog(page, '?type=user.role_changed')
  const preview = panel(page).locator('[aria-live]')
  await expect(preview).toHaveText('Ada Byron changed the role of Bob Stone to admin')
  await panel(page).getByLabel('Done by').fill("Grace O'Hara")
  await panel(page).getByLabel('Target').fill('')
  await panel(page).getByRole('combobox', { name: 'Outcome' }).selectOption('denied')
  const sentence = "Grace O'Hara changed the role of a user to admin (denied)"
  await expect(preview).toHaveText(sentence)
  const event = JSON.parse(await panel(page).getByRole('region', { name: 'Example event' }).innerText())
  const id = await postEvent(request, event)
  await page.goto(logPath(`?event=${id}`))
  await expect(drawer(page)).toContainText(sentence)
  await drawer(page).getByRole('link', { name: 'user.role_changed' }).click()
  await expect(panel(page).getByRole('heading', { level: 2 })).toHaveText('User role changed')
})

test('the curl line only checks until told otherwise, and copies', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await openCatalog(page, '?type=case.viewed')
  const line = panel(page).getByRole('region', { name: 'As a curl line' })
  await expect(line).toContainText(`/v1/orgs/${env('ANNALS_ORG')}/events?dry_run=true'`)
  await panel(page).getByLabel('Only check it, record nothing').uncheck()
  await expect(line).not.toContainText('dry_run')
  await page.getByRole('button', { name: 'Copy as Markdown' }).click()
  const copied = () => page.evaluate(() => navigator.clipboard.readText())
  await expect.poll(copied).toContain('| Case viewed | `case.viewed` | User actions |')
})

test('the whole page works by keyboard', async ({ page }) => {
  await openCatalog(page, '?pack=blink&category=Cases')
  await expect(entries(page).first()).toBeVisible()
  await page.keyboard.press('/')
  await expect(search(page)).toBeFocused()
  await page.keyboard.type('case/')
  await expect(search(page)).toHaveValue('case/')
  await page.keyboard.press('Backspace')
  await page.keyboard.press('ArrowDown')
  await expect(entry(page, 'case.closed')).toBeFocused()
  await page.keyboard.press('j')
  await expect(entry(page, 'case.escalated')).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/type=case\.escalated/)
  await page.keyboard.press('ArrowDown')
  await expect(page).toHaveURL(/type=case\.exported/)
  await expect(entry(page, 'case.exported')).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(panel(page)).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(panel(page)).toBeHidden()
  await expect(entry(page, 'case.exported')).toBeFocused()
  await page.keyboard.press('End')
  await page.keyboard.press('Home')
  await expect(entry(page, 'case.closed')).toBeFocused()
  await page.keyboard.press('/')
  await page.keyboard.press('Escape')
  await expect(search(page)).toHaveValue('')
  // Faster than the list: the focus waits for the entries that the search leaves.
  await search(page).evaluate((input: HTMLInputElement) => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(input, 'shared')
    input.dispatchEvent(new InputEvent('input', { bubbles: true }))
    input.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true }))
  })
  await expect(entries(page)).toHaveCount(1)
  await expect(entry(page, 'case.shared')).toBeFocused()
})

test('on a phone the categories are a list to choose from, and an entry has the page', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await openCatalog(page)
  await expect(page.getByRole('navigation', { name: 'Categories' })).toBeHidden()
  await page.getByRole('combobox', { name: 'Category' }).selectOption('Blink · Cases (7)')
  await expect(entries(page)).toHaveCount(7)
  await entry(page, 'case.shared').click()
  await expect(panel(page)).toBeVisible()
  await expect(entry(page, 'case.closed')).toBeHidden()
  for (const part of ['html', 'main', 'aside']) {
    const node = page.locator(part).first()
    expect(await node.evaluate((one) => one.scrollWidth - one.clientWidth), part).toBeLessThanOrEqual(0)
  }
  await panel(page).getByRole('button', { name: 'Close the event type' }).click()
  await expect(entry(page, 'case.shared')).toBeFocused()
})

test('an admin changes the packs and the policy, it stays, and nobody overwrites it unseen', async ({
  page,
}) => {
  await openCatalog(page, '?panel=settings', env('ANNALS_ADMIN_EMAIL'), otherOrg)
  const packs = settings(page).getByRole('listitem')
  const save = settings(page).getByRole('button', { name: 'Save' })
  await expect(packs).toHaveText([/PocketSOC/, /Annals/])
  await settings(page).getByRole('combobox', { name: 'Add a pack' }).selectOption('Blink')
  await settings(page).getByRole('button', { name: 'Move Blink up' }).click()
  await expect(packs).toHaveText([/Blink/, /PocketSOC/, /Annals/])
  await expect(settings(page).getByRole('button', { name: 'Move Blink up' })).toBeFocused()
  await settings(page)
    .getByRole('radio', { name: /^Refuse/ })
    .check()
  await save.click()
  await expect(settings(page).getByText('Saved. The change is in the audit log.')).toBeVisible()
  await expect(page.locator('[data-live]')).toContainText('Saved. The change is in the audit log.')
  await expect(entry(page, 'user.joined')).toBeVisible()
  await expect(entry(page, 'case.viewed')).toBeVisible()
  await page.reload()
  await expect(packs).toHaveText([/Blink/, /PocketSOC/, /Annals/])
  await expect(settings(page).getByRole('radio', { name: /^Refuse/ })).toBeChecked()
  const other = await page.context().newPage()
  await other.goto(catalogPath('?panel=settings', otherOrg))
  await settings(other)
    .getByRole('radio', { name: /^Record The/ })
    .check()
  await settings(page).getByRole('button', { name: 'Remove Blink' }).click()
  await settings(page)
    .getByRole('radio', { name: /^Record and flag/ })
    .check()
  await save.click()
  await expect(entry(page, 'case.viewed')).toHaveCount(0)
  await expect(settings(page).getByText('Saved. The change is in the audit log.')).toBeVisible()

  // The other page changed what was there before; its change is not made, but it can go on from here.
  await settings(other).getByRole('button', { name: 'Save' }).click()
  await expect(settings(other).getByText('Somebody else changed these settings')).toBeVisible()
  await expect(settings(other).getByRole('radio', { name: /^Record and flag/ })).toBeChecked()
  await expect(settings(other).getByRole('listitem')).toHaveText([/PocketSOC/, /Annals/])
  await settings(other)
    .getByRole('radio', { name: /^Record The/ })
    .check()
  await settings(other).getByRole('button', { name: 'Save' }).click()
  await expect(settings(other).getByText('Saved. The change is in the audit log.')).toBeVisible()
})

test('an auditor reads the settings and cannot change them', async ({ page }) => {
  await openCatalog(page, '', env('ANNALS_AUDITOR_EMAIL'))
  await page.getByRole('button', { name: 'Packs and policy' }).click()
  await expect(settings(page)).toContainText('Admins of the organization can change them.')
  await expect(settings(page).getByRole('listitem').first()).toContainText('Blink')
  await expect(settings(page).getByRole('radio').first()).toBeDisabled()
  await expect(settings(page).getByRole('button')).toHaveCount(1)
})

test('a member learns who may see the catalog; foreign organizations are said to be so', async ({ page }) => {
  await openCatalog(page, '', env('ANNALS_MEMBER_EMAIL'))
  await expect(page.getByRole('heading', { name: 'You cannot see this catalog' })).toBeVisible()
  await expect(page.getByText(env('ANNALS_ADMIN_EMAIL'))).toBeVisible()
  await page.goto(catalogPath('', 'somebody-elses'))
  await expect(page.getByRole('heading', { name: 'No such organization' })).toBeVisible()
})

test('an error shows what the service said, and can be tried again; a failed refresh keeps the list', async ({
  page,
}) => {
  const broken = '**/v1/orgs/*/event-types'
  const breakIt = () =>
    page.route(broken, (route) =>
      route.fulfill({
        status: 500,
        contentType: 'application/problem+json',
        body: '{"title":"The store is broken","detail":"It said no.","code":"internal","request_id":"req_77"}',
      }),
    )
  await breakIt()
  await openCatalog(page)
  await expect(page.getByRole('alert')).toContainText('req_77')
  await page.unroute(broken)
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(entries(page).first()).toBeVisible()
  await breakIt()
  await page.getByRole('button', { name: 'Refresh' }).click()
  await expect(page.getByText('Refreshing failed.')).toBeVisible()
  await expect(entries(page).first()).toBeVisible()
})
