import { expect, type Page, test } from '@playwright/test'
import {
  drawer,
  ensureEvents,
  env,
  grid,
  listEvents,
  logPath,
  postEvent,
  rows,
  signIn,
  testActor,
} from './helpers'

test('shows seven columns, the newest event first', async ({ page }) => {
  await signIn(page, logPath('?cols=blink'))
  await expect(page.getByRole('columnheader')).toHaveText([
    'Category',
    'Action',
    'Parameters',
    'Details',
    'Workspace',
    'Done by',
    'Date and Time',
  ])
  await expect(rows(page).first()).toBeVisible()
  const times = await page
    .locator('[data-event] time')
    .evaluateAll((all) => all.map((one) => one.getAttribute('datetime')))
  expect(times.length).toBeGreaterThan(3)
  expect(times).toEqual([...times].sort().reverse())
  await expect(page.getByText('Times in Europe/Berlin', { exact: true })).toBeVisible()
  await expect(rows(page).first().locator('time')).toHaveAttribute('title', / UTC\+[12]\n.*\d\d\.\d{6} UTC$/)
})

test('the other columns are four, and the choice is in the URL', async ({ page }) => {
  await signIn(page, logPath('?cols=blink'))
  await page.getByRole('combobox', { name: 'Columns' }).selectOption('PocketSOC')
  await expect(page).toHaveURL(/cols=pocketsoc/)
  await expect(page.getByRole('columnheader')).toHaveText(['Date and Time', 'Event type', 'User', 'Details'])
})

test('a new event is on top after a refresh, as text whatever it says', async ({ page, request }) => {
  await signIn(page)
  const details = '<img src=x onerror=alert(1)> changed the <b>role</b>'
  const id = await postEvent(request, {
    action: 'user.role_changed',
    actor: testActor,
    details,
    outcome: 'denied',
  })
  await page.getByRole('button', { name: 'Refresh' }).click()
  const row = page.locator(`[data-event="${id}"]`)
  await expect(row).toContainText(details)
  await expect(row).toContainText('e2e@example.com')
  await expect(row).toContainText('denied')
  const place = await rows(page).evaluateAll(
    (all, wanted) => all.findIndex((one) => one.getAttribute('data-event') === wanted),
    id,
  )
  expect(place).toBeLessThan(3)
})

test('a failed refresh keeps the rows', async ({ page }) => {
  await signIn(page)
  await expect(rows(page).first()).toBeVisible()
  await page.route('**/v1/orgs/*/events?**', (route) =>
    route.fulfill({
      status: 500,
      contentType: 'application/problem+json',
      body: '{"title":"Broken","code":"internal","request_id":"r1"}',
    }),
  )
  await page.getByRole('button', { name: 'Refresh' }).click()
  await expect(page.getByRole('alert')).toContainText('Refreshing failed.')
  await expect(rows(page).first()).toBeVisible()
})

test('an error shows title, detail and request id, and can be tried again', async ({ page }) => {
  await page.route('**/v1/orgs/*/events?**', (route) =>
    route.fulfill({
      status: 500,
      contentType: 'application/problem+json',
      body: '{"title":"The store is broken","detail":"It said no.","code":"internal","request_id":"req_77"}',
    }),
  )
  await signIn(page)
  const alert = page.getByRole('alert')
  await expect(alert).toContainText('The store is broken')
  await expect(alert).toContainText('It said no.')
  await expect(alert).toContainText('req_77')
  await page.unroute('**/v1/orgs/*/events?**')
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(grid(page)).toBeVisible()
})

test('the event-type filter narrows, is a chip, and survives a reload and Back', async ({
  page,
  request,
}) => {
  const { data } = await listEvents(request, '?limit=100')
  const wanted = data.find((event) => event.label && event.pack !== 'annals')
  if (!wanted?.label) throw new Error('The demo has no event of a pack.')
  await signIn(page)
  await page.getByRole('button', { name: /^Event type/ }).click()
  const search = page.getByRole('combobox', { name: 'Search event types' })
  await expect(search).toBeFocused()
  await search.fill(wanted.action)
  await page.getByRole('option').filter({ hasText: wanted.action }).first().click()
  await expect(page).toHaveURL(new RegExp(`action=${wanted.action.replace('.', '\\.')}`))
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('button', { name: `Remove the filter ${wanted.label}` })).toBeVisible()
  const onlyWanted = async () => {
    await expect(rows(page).first()).toHaveAttribute('data-action', wanted.action)
    const actions = await rows(page).evaluateAll((all) => all.map((one) => one.getAttribute('data-action')))
    expect(new Set(actions)).toEqual(new Set([wanted.action]))
  }
  await onlyWanted()
  await page.reload()
  await onlyWanted()
  await page.goBack()
  await expect(page).not.toHaveURL(/action=/)
  await expect(page.getByRole('button', { name: /^Event type$/ })).toBeVisible()
})

test('done by and time range filter too; what matches nothing names the filters', async ({
  page,
  request,
}) => {
  await postEvent(request, { action: 'user.logged_in', actor: testActor })
  await signIn(page)
  await page.getByRole('searchbox', { name: 'Done by' }).fill(testActor.email)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/actor=e2e@example\.com/)
  await expect(rows(page).first()).toContainText(testActor.email)
  await page.getByRole('combobox', { name: 'Time range' }).selectOption('Last 24 hours')
  await expect(page).toHaveURL(/since=-24h/)
  await expect(rows(page).first()).toContainText(testActor.email)
  await page.goto(logPath('?actor=nobody-at-all&since=-7d'))
  await expect(page.getByRole('heading', { name: 'No event matches' })).toBeVisible()
  await expect(page.getByText('Done by nobody-at-all · Last 7 days')).toBeVisible()
  await page.getByRole('button', { name: 'Clear all filters' }).click()
  await expect(rows(page).first()).toBeVisible()
})

test('load more and scrolling reach the oldest event, none twice', async ({ page, request }) => {
  const actor = { type: 'user', id: 'u_many', name: 'Many Events', email: 'many@example.com' }
  await ensureEvents(request, actor, 230)
  const seen: string[] = []
  page.on('response', async (response) => {
    if (/\/v1\/orgs\/[^/]+\/events\?/.test(response.url()) && response.ok()) {
      const body = await response.json()
      seen.push(...body.data.map((event: { id: string }) => event.id))
    }
  })
  await signIn(page, logPath(`?actor=${actor.id}`))
  await expect(rows(page).first()).toBeVisible()
  const shown = await shownRows(page)
  await page.getByRole('button', { name: 'Load more' }).click()
  await expect.poll(() => seen.length).toBeGreaterThanOrEqual(200)
  await grid(page).focus()
  await expect(async () => {
    await page.keyboard.press('End')
    await expect(page.getByRole('main').getByText(/^End of these results/)).toBeVisible({ timeout: 500 })
  }).toPass({ timeout: 30_000 })
  expect(new Set(seen).size).toBe(seen.length)
  const oldest = (await listEvents(request, `?actor=${actor.id}&order=asc&limit=1`)).data[0]
  expect(seen.at(-1)).toBe(oldest?.id)
  await page.keyboard.press('End')
  await expect(page.locator(`[data-event="${oldest?.id}"]`)).toBeVisible()
  // What is in the document: no id in two rows, no row over another, and each one once from top to bottom.
  await page.keyboard.press('Home')
  await expect(rows(page).first()).toHaveAttribute('data-event', seen[0] ?? '')
  for (let screens = 0; screens < 60 && shown.ids.size < seen.length; screens += 1) {
    await shown.collect()
    await grid(page).evaluate((node) => node.scrollBy({ top: node.clientHeight / 2 }))
    await page.evaluate(() => new Promise(requestAnimationFrame))
  }
  expect([...shown.ids.keys()].sort()).toEqual([...seen].sort())
  expect(new Set(shown.ids.values()).size).toBe(seen.length)
})

/** Collects the id and the place of every row that is rendered; one id at two places is a failure. */
async function shownRows(page: Page) {
  const ids = new Map<string, string>()
  async function collect(): Promise<void> {
    const found = await rows(page).evaluateAll((all) =>
      all.map((one) => [one.getAttribute('data-event') ?? '', one.getAttribute('aria-rowindex') ?? '']),
    )
    expect(new Set(found.map(([id]) => id)).size).toBe(found.length)
    for (const [id = '', place = ''] of found) {
      expect(ids.get(id) ?? place, id).toBe(place)
      ids.set(id, place)
    }
  }
  return { ids, collect }
}

test('the drawer opens by link, shows the whole event, and its JSON', async ({ page, request }) => {
  const id = await postEvent(request, {
    action: 'user.role_changed',
    actor: testActor,
    on_behalf_of: { type: 'user', id: 'u_1', name: 'Sam' },
    targets: [{ type: 'user', id: 'u_7', name: 'Bob', href: 'https://app.example.com/users/u_7' }],
    workspace: { id: 'ws_1', name: 'Production' },
    parameters: { role: 'admin', scope: { region: 'eu' } },
    changes: [{ field: 'role', old: 'viewer', new: 'admin' }],
    context: { ip: '203.0.113.7', user_agent: 'curl/8', location: 'Berlin' },
  })
  await signIn(page, logPath(`?event=${id}`))
  const panel = drawer(page)
  for (const text of [
    'End Toend',
    'Sam',
    'Bob',
    'Production',
    'region',
    'viewer',
    '203.0.113.7',
    'curl/8',
    'Berlin',
    id,
    'Leaf hash',
  ]) {
    await expect(panel).toContainText(text)
  }
  await expect(panel.getByRole('link', { name: 'Bob' })).toHaveAttribute(
    'href',
    'https://app.example.com/users/u_7',
  )
  await panel.getByRole('tab', { name: 'JSON' }).click()
  const json = JSON.parse(await panel.getByRole('region', { name: 'JSON' }).innerText())
  expect(json).toMatchObject({
    id,
    organization: env('ANNALS_ORG'),
    actor: testActor,
    changes: [{ field: 'role', old: 'viewer', new: 'admin' }],
  })
  await panel.getByRole('button', { name: 'Older event' }).click()
  await expect(page).not.toHaveURL(new RegExp(id))
  await panel.getByRole('button', { name: 'Newer event' }).click()
  await expect(page).toHaveURL(new RegExp(id))
  await panel.getByRole('button', { name: 'Close the event' }).click()
  await expect(panel).toBeHidden()
  await expect(page).not.toHaveURL(/event=/)
})

test('an event that does not exist says so beside the log', async ({ page }) => {
  await signIn(page, logPath('?event=0199f3c2-0000-7000-8000-000000000000'))
  await expect(drawer(page).getByRole('alert')).toContainText('This event is not in this log')
  await expect(drawer(page).getByRole('button', { name: 'Try again' })).toHaveCount(0)
  await expect(rows(page).first()).toBeVisible()
})

test('the query can be taken along as curl', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await signIn(page, logPath('?since=-7d'))
  await page.getByRole('button', { name: 'Copy as curl' }).click()
  await expect(page.getByRole('dialog')).toContainText('$ANNALS_READ_KEY')
  await page.getByRole('dialog').getByRole('button', { name: 'Copy' }).click()
  await expect(page.getByRole('dialog').getByRole('button', { name: 'Copied' })).toBeVisible()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain("--data-urlencode 'since=-7d'")
})

test('a member learns who may see the log', async ({ page }) => {
  await signIn(page, logPath(), env('ANNALS_MEMBER_EMAIL'))
  await expect(page.getByRole('heading', { name: 'You cannot see this log' })).toBeVisible()
  await expect(page.getByText(/is for its admins and auditors/)).toBeVisible()
  await expect(page.getByText(env('ANNALS_ADMIN_EMAIL'))).toBeVisible()
  await expect(rows(page)).toHaveCount(0)
})

test('unknown addresses and foreign organizations are said to be so', async ({ page }) => {
  await signIn(page)
  await page.goto('/nothing/here')
  await expect(page.getByRole('heading', { name: 'Page not found' })).toBeVisible()
  await page.goto('/o/somebody-elses/events')
  await expect(page.getByRole('heading', { name: 'No such organization' })).toBeVisible()
})

test('the organization switcher shows the other log in its own columns', async ({ page }) => {
  await signIn(page)
  const first = await page.title()
  const switcher = page.getByRole('combobox', { name: 'Organization' })
  await expect(switcher).toHaveValue(env('ANNALS_ORG'))
  const values = await switcher
    .getByRole('option')
    .evaluateAll((all) => all.map((one) => one.getAttribute('value')))
  const other = values.find((value) => value !== env('ANNALS_ORG'))
  if (!other) throw new Error('The demo gives this person one organization only.')
  await switcher.selectOption(other)
  await expect(page).not.toHaveURL(new RegExp(`/o/${env('ANNALS_ORG')}/`))
  await expect(page).not.toHaveTitle(first)
  await expect(rows(page).first()).toBeVisible()
})
