import { expect, test } from '@playwright/test'
import { expectAccessible } from './axe'
import { type FreshServer, startFresh } from './fresh-server'

let server: FreshServer

test.beforeEach(async () => {
  server = await startFresh()
})

test.afterEach(() => server.stop())

test('the first run makes an organization and signs its admin in; the second finds the door shut', async ({
  page,
  browser,
}) => {
  await page.goto(`${server.url}/setup`)
  await expect(page).toHaveTitle('Set up Annals · Annals')
  await page.getByLabel('Setup token').fill(server.token())
  await page.getByLabel('Organization name').fill('Brook & Söhne')
  await expect(page.getByLabel('Slug')).toHaveValue('brook-sohne')
  await page.getByLabel('Your name').fill('Ada Byron')
  await page.getByLabel('E-mail').fill('ada@brook.example')
  await page.getByLabel('Password').fill('correct horse battery staple')
  await page.getByRole('button', { name: 'Set up and sign in' }).click()

  await expect(page).toHaveURL(/\/o\/brook-sohne\/events$/)
  await expect(page.getByText('User joined')).toBeVisible()
  await page.getByRole('link', { name: 'Organizations' }).click()
  await expect(page.getByRole('rowheader', { name: 'Brook & Söhne' })).toBeVisible()

  const other = await browser.newPage()
  await other.goto(`${server.url}/setup`)
  await expect(other.getByRole('heading', { name: 'Annals is set up' })).toBeVisible()
  await other.getByRole('link', { name: 'Sign in' }).click()
  await expect(other).toHaveURL(/\/login$/)
  await other.close()
})

test('what is wrong stands at its field, and what was typed stays', async ({ page }) => {
  await page.goto(`${server.url}/setup`)
  await page.getByLabel('Setup token').fill('not the token')
  await page.getByLabel('Organization name').fill('Brook')
  await page.getByRole('button', { name: 'Set up and sign in' }).click()
  await expect(page.getByLabel('Setup token')).toBeFocused()
  await expect(page.getByText('This is not the token in that file.')).toBeVisible()

  await page.getByLabel('Setup token').fill(server.token())
  await page.getByRole('button', { name: 'Set up and sign in' }).click()
  await expect(page.getByLabel('Your name')).toBeFocused()
  await expect(page.getByLabel('Password')).toHaveAttribute('aria-invalid', 'true')
  await expect(page.getByLabel('Organization name')).toHaveValue('Brook')
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the first run, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme })
    await page.goto(`${server.url}/setup`)
    await page.getByRole('button', { name: 'Set up and sign in' }).click()
    await expect(page.getByText('This is not the token in that file.')).toBeVisible()
    await expectAccessible(page)
  })
}
