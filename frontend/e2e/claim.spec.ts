import { expect, type Page, test } from '@playwright/test'
import { expectAccessible } from './axe'
import { type FreshServer, startFresh } from './fresh-server'
import { call, password, setUp, signInAt } from './people'

let server: FreshServer
let token: string

test.beforeEach(async () => {
  server = await startFresh()
  token = await setUp(server)
})

test.afterEach(() => server.stop())

/** Makes an organization; answers the link that hands it over. */
async function makeOrganization(slug: string, name: string): Promise<string> {
  const made = await call<{ claim_link: string }>(server, '/v1/orgs', { slug, name }, token)
  return made.claim_link
}

const heading = (page: Page, name: string) => page.getByRole('heading', { name, level: 1 })

test('somebody new takes an organization over, once', async ({ page }) => {
  const link = await makeOrganization('creek', 'Creek & Co')
  await page.goto(server.url + link)
  await expect(heading(page, 'Take over Creek & Co')).toBeVisible()
  await expect(page).toHaveURL(/\/claim$/)
  await page.getByRole('button', { name: 'Create account and take over' }).click()
  await expect(page.getByLabel('Your name')).toHaveAttribute('aria-invalid', 'true')
  await page.getByLabel('Your name').fill('Grace Hopper')
  await page.getByLabel('E-mail').fill('grace@creek.example')
  await page.getByLabel('Password').fill(password)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/o\/creek\/events$/)
  await expect(page.getByText('User joined').first()).toBeVisible()

  await page.goto(server.url + link)
  await expect(heading(page, 'This link no longer works')).toBeVisible()
})

test('who has an account takes over with it, and who is signed in with one click', async ({ page }) => {
  const email = 'grace@creek.example'
  await page.goto(server.url + (await makeOrganization('creek', 'Creek')))
  await page.getByLabel('Your name').fill('Grace Hopper')
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/o\/creek\/events$/)
  await page.context().clearCookies()

  await page.goto(server.url + (await makeOrganization('river', 'River')))
  await page.getByRole('button', { name: 'I have an account here' }).click()
  await page.getByLabel('E-mail').fill('nobody@creek.example')
  await page.getByLabel('Password').fill(password)
  await page.keyboard.press('Enter')
  await expect(page.getByText('There is no account with this e-mail.')).toBeVisible()
  await page.getByLabel('E-mail').fill(email)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/o\/river\/events$/)

  await page.goto(server.url + (await makeOrganization('lake', 'Lake')))
  await page.getByRole('button', { name: 'Take over' }).click()
  await expect(page).toHaveURL(/\/o\/lake\/events$/)
})

test('an operator is told that they claim nothing', async ({ page }) => {
  const link = await makeOrganization('creek', 'Creek')
  await signInAt(page, `${server.url}/profile`)
  await expect(heading(page, 'Your profile')).toBeVisible()
  await page.goto(server.url + link)
  await page.getByRole('button', { name: 'Take over' }).click()
  await expect(page.getByText('operators claim no organizations', { exact: false })).toBeVisible()
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the claim, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme })
    const link = await makeOrganization('creek', 'Creek')
    await page.goto(server.url + link)
    await page.getByRole('button', { name: 'Create account and take over' }).click()
    await expect(page.getByLabel('Your name')).toHaveAttribute('aria-invalid', 'true')
    await expectAccessible(page)
    await signInAt(page, `${server.url}/profile`)
    await expect(heading(page, 'Your profile')).toBeVisible()
    await page.goto(server.url + link)
    await expect(page.getByRole('button', { name: 'Take over' })).toBeVisible()
    await expectAccessible(page)
  })
}
