import { type Browser, expect, type Page, test } from '@playwright/test'
import { expectAccessible } from './axe'
import { type FreshServer, startFresh } from './fresh-server'
import { password, setUp, signInAt } from './people'

let server: FreshServer

test.beforeEach(async () => {
  server = await startFresh()
  await setUp(server)
})

test.afterEach(() => server.stop())

const managed = (page: Page) => page.getByRole('dialog', { name: 'Creek & Co', exact: true })
const shown = (page: Page) => page.getByRole('dialog', { name: 'Claim link of Creek & Co' })

/** The link as the operator sees it, this once. */
async function takeLink(page: Page): Promise<string> {
  const link = (await shown(page).locator('code').textContent()) ?? ''
  expect(link).toContain(`${server.url}/claim#ann_cl_`)
  await shown(page).getByRole('button', { name: 'I have stored it' }).click()
  await expect(shown(page)).toBeHidden()
  return link
}

/** Makes an organization in the page, as an operator does; answers its link. */
async function makeOrganization(page: Page): Promise<string> {
  await signInAt(page, `${server.url}/operator`)
  await page.getByRole('button', { name: 'New organization' }).click()
  await page.getByLabel('Organization name').fill('Creek & Co')
  await expect(page.getByRole('textbox', { name: 'Slug' })).toHaveValue('creek-co')
  await page.getByRole('button', { name: 'Create organization' }).click()
  return takeLink(page)
}

/** Somebody else, in a browser of their own. */
async function openAsGrace(browser: Browser, link: string): Promise<Page> {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(link)
  return page
}

async function claim(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { name: 'Take over Creek & Co', level: 1 })).toBeVisible()
  await page.getByLabel('Your name').fill('Grace Hopper')
  await page.getByLabel('E-mail').fill('grace@creek.example')
  await page.getByLabel('Password').fill(password)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/o\/creek-co\/events$/)
}

test('an operator hands an organization over, and its first admin takes it', async ({ browser, page }) => {
  const grace = await openAsGrace(browser, await makeOrganization(page))
  await claim(grace)
  await grace.getByRole('link', { name: 'Team' }).click()
  await expect(grace.getByRole('heading', { name: 'Team', level: 1 })).toBeVisible()
  await expect(grace.getByRole('row', { name: /Grace Hopper/ })).toContainText('Admin')
  await expect(grace.getByRole('button', { name: 'Invite' })).toBeVisible()

  await page.getByRole('button', { name: 'Manage Creek & Co' }).click()
  await expect(managed(page).getByLabel('Reason')).toBeVisible()
  await expect(managed(page).getByRole('button', { name: 'New claim link' })).toHaveCount(0)
  await grace.context().close()
})

test('a new claim link takes the place of a lost one', async ({ browser, page }) => {
  const lost = await makeOrganization(page)
  await page.getByRole('button', { name: 'Manage Creek & Co' }).click()
  await expect(managed(page).getByLabel('Reason')).toBeVisible()
  await expectAccessible(page)
  await managed(page).getByRole('button', { name: 'New claim link' }).click()
  const link = await takeLink(page)
  expect(link).not.toBe(lost)

  const grace = await openAsGrace(browser, lost)
  await expect(grace.getByRole('heading', { name: 'This link no longer works', level: 1 })).toBeVisible()
  await grace.goto(link)
  await claim(grace)

  // The dialog of the operator still offers what is over by now.
  await managed(page).getByRole('button', { name: 'New claim link' }).click()
  await expect(managed(page).getByRole('alert')).toContainText(/admin/)
  await grace.context().close()
})
