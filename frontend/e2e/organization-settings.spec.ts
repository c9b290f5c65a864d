import { expect, type Page, test } from '@playwright/test'
import { expectAccessible } from './axe'
import { type FreshServer, startFresh } from './fresh-server'
import { call, invite, org, password, setUp, signInAt, totp } from './people'

const bob = 'bob@brook.example'

let server: FreshServer
let token: string

test.beforeEach(async () => {
  server = await startFresh()
  token = await setUp(server)
})

test.afterEach(() => server.stop())

async function join(role: string): Promise<string> {
  const link = await invite(server, token, bob, role)
  const body = { token: link.split('#')[1], password }
  return (await call<{ access_token: string }>(server, '/v1/invites/accept', body)).access_token
}

const settings = () => `${server.url}/o/${org}/settings/organization`

async function demand(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Demand a second factor' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Demand a second factor' }).click()
}

test('an admin demands second factors, has to have one first, and then locks out who has none', async ({
  page,
  browser,
}) => {
  await join('admin')
  await signInAt(page, settings())
  await expect(page.getByText('Not demanded')).toBeVisible()
  await demand(page)
  await page.getByRole('link', { name: 'Set it up in your profile' }).click()
  await page.getByRole('button', { name: 'Set up an authenticator app' }).click()
  const secret = (await page.getByRole('dialog').locator('code').innerText()).replaceAll(' ', '')
  await page.getByLabel('Then enter the code').fill(totp(secret))
  await page.getByRole('button', { name: 'I have stored them' }).click()
  await page.getByRole('link', { name: 'Organization', exact: true }).click()
  await demand(page)
  await expect(page.getByText('Demanded', { exact: true })).toBeVisible()

  const context = await browser.newContext()
  const other = await context.newPage()
  await signInAt(other, `${server.url}/o/${org}/events`, bob)
  await expect(other.getByRole('heading', { name: 'Set up a second factor first' })).toBeVisible()
  await expectAccessible(other)
  await other.getByRole('link', { name: 'Set it up in your profile' }).click()
  await other.getByRole('button', { name: 'Set up an authenticator app' }).click()
  const own = (await other.getByRole('dialog').locator('code').innerText()).replaceAll(' ', '')
  await other.getByLabel('Then enter the code').fill(totp(own))
  await other.getByRole('button', { name: 'I have stored them' }).click()
  await other.getByRole('link', { name: 'Audit log' }).click()
  await expect(other.getByText('User joined').first()).toBeVisible()
  await context.close()
})

test('others see the settings and the plan, and change nothing', async ({ page }) => {
  await join('auditor')
  await signInAt(page, settings(), bob)
  await expect(page.getByText('Only admins change this.')).toBeVisible()
  await expect(page.getByText('Any number of members')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Demand a second factor' })).toHaveCount(0)
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the settings, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme })
    await signInAt(page, settings())
    await expect(page.getByText('Not demanded')).toBeVisible()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Demand a second factor' }).click()
    await expectAccessible(page)
  })
}
