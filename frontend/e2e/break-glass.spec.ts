import { expect, test } from '@playwright/test'
import { expectAccessible } from './axe'
import { type Company, enter, startCompany } from './company'

const other = { slug: 'creek', name: 'Creek Ltd' }
const reason = 'Ticket 4711: their admin cannot sign in'
let company: Company

test.beforeEach(async () => {
  company = await startCompany()
  await company.call('POST', '/v1/orgs', other)
})

test.afterEach(() => company.server.stop())

test('an operator opens an organization with a reason, works in a frame, and closes it', async ({ page }) => {
  await enter(page, company, '/operator')
  await page.getByRole('button', { name: 'Manage Creek Ltd' }).click()
  await page.getByRole('link', { name: 'Open its log' }).click()
  await expect(page.getByRole('heading', { name: 'Break-glass access' })).toBeVisible()
  await page.getByLabel('Reason').fill('short')
  await page.getByRole('button', { name: 'Open Creek Ltd' }).click()
  await expect(page.getByLabel('Reason')).toHaveAttribute('aria-invalid', 'true')
  await page.getByLabel('Reason').fill(reason)
  await page.getByLabel('For how long').selectOption('15 minutes')
  await page.getByRole('button', { name: 'Open Creek Ltd' }).click()

  const banner = page.getByRole('region', { name: 'Open access' })
  await expect(banner).toContainText(/until \d\d:\d\d:\d\d, 15 minutes left/)
  await expect(page.getByText('Break-glass access opened').first()).toBeVisible()
  await page.reload()
  await expect(banner).toContainText('Break-glass access to Creek Ltd')
  await page.getByRole('link', { name: 'Team' }).click()
  await expect(page.getByRole('row', { name: /Ada Byron/ })).toContainText(reason)
  await expect(banner).toBeVisible()

  await banner.getByRole('button', { name: 'Close access' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Organizations' })).toBeVisible()
  await expect(banner).toHaveCount(0)
  await page.goto(`${company.server.url}/o/creek/events`)
  await expect(page.getByLabel('Reason')).toBeVisible()
})

test('admins see who opened their organization, when and why', async ({ page }) => {
  await company.call('POST', '/v1/orgs/creek/break-glass', { reason })
  const email = await company.join('Grace Hopper', 'admin', 'creek')
  await company.call('DELETE', '/v1/orgs/creek/break-glass')
  await enter(page, company, '/o/creek/settings/team', email)

  const row = page.getByRole('row', { name: /Ada Byron/ })
  await expect(row).toContainText(reason)
  await expect(row).toContainText('after 1 minute')
})

test('who is in many organizations finds one by typing', async ({ page }) => {
  const email = await company.join('Grace Hopper', 'auditor')
  const login = { email, password: 'seven lanterns over quiet water' }
  const grace = await company.call<{ access_token: string }>('POST', '/v1/auth/login', login, '')
  for (const index of Array.from({ length: 9 }, (_, at) => at)) {
    const org = `river-${index}`
    await company.call('POST', '/v1/orgs', { slug: org, name: `River ${index}` })
    await company.call('POST', `/v1/orgs/${org}/break-glass`, { reason })
    const invited = { email, role: 'auditor' }
    const { link } = await company.call<{ link: string }>('POST', `/v1/orgs/${org}/invites`, invited)
    await company.call('POST', '/v1/invites/accept', { token: link.split('#')[1] }, grace.access_token)
  }
  await enter(page, company, '/o/brook/events', email)
  await page.getByRole('button', { name: /^Organization/ }).click()
  const search = page.getByRole('combobox', { name: 'Find an organization' })
  await expect(search).toBeFocused()
  await expectAccessible(page)
  await search.fill('nothing')
  await expect(page.getByText('You are in no organization of that name.')).toBeVisible()
  await search.fill('river')
  await expect(page.getByRole('dialog').getByRole('option')).toHaveCount(9)
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')

  await expect(page).toHaveURL(/\/o\/river-2\/events$/)
  await expect(page.getByRole('dialog')).toHaveCount(0)
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in break-glass and the platform's keys, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme })
    await enter(page, company, '/operator/keys')
    await expect(page.getByRole('heading', { name: 'No API key yet' })).toBeVisible()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Create key' }).click()
    await expectAccessible(page)
    await page.goto(`${company.server.url}/o/creek/settings/team`)
    await page.getByRole('button', { name: 'Open Creek Ltd' }).click()
    await expect(page.getByLabel('Reason')).toHaveAttribute('aria-invalid', 'true')
    await expectAccessible(page)
    await page.getByLabel('Reason').fill(reason)
    await page.getByRole('button', { name: 'Open Creek Ltd' }).click()
    await expect(page.getByRole('heading', { name: 'Members' })).toBeVisible()
    await expectAccessible(page)
    await page.setViewportSize({ width: 360, height: 740 })
    await expectAccessible(page)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  })
}
