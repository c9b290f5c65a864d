import { expect, type Page, test } from '@playwright/test'
import { expectAccessible } from './axe'
import { type Company, enter, slug, startCompany } from './company'

const path = `/o/${slug}/settings/keys`
let company: Company

test.beforeEach(async () => {
  company = await startCompany()
})

test.afterEach(() => company.server.stop())

async function createKey(page: Page, name: string): Promise<string> {
  await page.getByRole('button', { name: 'Create key' }).click()
  const dialog = page.getByRole('dialog', { name: 'Create an API key' })
  await expect(dialog.getByLabel('Name')).toBeFocused()
  await dialog.getByLabel('Name').fill(name)
  await dialog.getByRole('button', { name: 'Create key' }).click()
  return takeKey(page, `${name} is ready`)
}

/** The key that is shown this once. */
async function takeKey(page: Page, title: string): Promise<string> {
  const dialog = page.getByRole('dialog', { name: title })
  const key = await dialog.getByText(/^ann_[sp]k_\w+$/).innerText()
  for (let again = 0; again < 3; again += 1) await page.keyboard.press('Escape')
  await page.mouse.click(5, 5)
  await expect(dialog).toBeVisible()
  await dialog.getByRole('button', { name: 'I have stored it' }).click()
  await expect(dialog).toBeHidden()
  return key
}

function post(key: string): Promise<Response> {
  return fetch(`${company.server.url}/v1/orgs/${slug}/events`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({
      action: 'user.logged_in',
      actor: { type: 'user', id: 'u_1', name: 'Carl Gauss' },
    }),
  })
}

test('a key is made, posts an event that the log shows, is rotated and revoked', async ({ page }) => {
  await enter(page, company, path)
  await expect(page.getByRole('heading', { name: 'No API key yet' })).toBeVisible()
  const first = await createKey(page, 'billing-api')
  expect((await post(first)).status).toBe(201)
  await expect(page.getByRole('row', { name: /billing-api/ })).toContainText('Send events')
  await page.getByRole('link', { name: 'Audit log' }).click()
  await expect(page.getByText('Carl Gauss', { exact: true }).first()).toBeVisible()

  await page.getByRole('link', { name: 'API keys' }).click()
  await page.getByRole('button', { name: 'Manage billing-api' }).click()
  await page.getByRole('button', { name: 'Rotate' }).click()
  await page.getByRole('button', { name: 'Make a new secret' }).click()
  const second = await takeKey(page, 'New secret for billing-api')
  expect((await post(first)).status).toBe(201)
  expect((await post(second)).status).toBe(201)
  const dialog = page.getByRole('dialog', { name: 'billing-api' })
  await expect(dialog.getByText('Current')).toBeVisible()
  await expect(dialog.getByText(/works until/)).toBeVisible()

  await dialog.getByRole('button', { name: 'Revoke' }).click()
  const revoke = page.getByRole('dialog', { name: 'Revoke billing-api' })
  await revoke.getByLabel('Type billing-api to confirm').fill('billing')
  await revoke.getByRole('button', { name: 'Revoke key' }).click()
  await expect(revoke.getByText('This is not the name of the key.')).toBeVisible()
  await revoke.getByLabel('Type billing-api to confirm').fill('billing-api')
  await revoke.getByRole('button', { name: 'Revoke key' }).click()
  await expect(page.getByRole('heading', { name: 'Every key is revoked' })).toBeVisible()
  expect((await post(second)).status).toBe(401)
  await page.getByRole('button', { name: 'Show 1 revoked' }).click()
  await expect(page.getByRole('row', { name: /billing-api/ })).toContainText('Revoked')
})

test('the line to try a key runs as it stands', async ({ page }) => {
  await enter(page, company, path)
  await page.getByRole('button', { name: 'Create key' }).click()
  await page.getByLabel('Name').fill('reports')
  await page.getByRole('radio', { name: 'Read and check the log' }).check()
  await page.getByRole('dialog').getByRole('button', { name: 'Create key' }).click()
  const line = page.getByRole('region', { name: 'Try it: this reads the newest events' })
  const command = await line.innerText()

  const { execFileSync } = await import('node:child_process')
  const answer = JSON.parse(execFileSync('sh', ['-c', command], { encoding: 'utf8' }))

  expect(answer.data.length).toBeGreaterThan(0)
})

test('what is wrong stands at its field, and what was typed stays', async ({ page }) => {
  await enter(page, company, path)
  await page.getByRole('button', { name: 'Create key' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('radio', { name: 'Custom' }).check()
  await dialog.getByRole('checkbox', { name: 'Send events' }).uncheck()
  await dialog.getByText('Limit it further').click()
  await dialog.getByLabel(/^Networks/).fill('10.0.0.0/8\n10.0.0.0/99')
  await dialog.getByLabel(/^Events per second/).fill('many')
  await dialog.getByRole('button', { name: 'Create key' }).click()

  await expect(dialog.getByLabel('Name')).toBeFocused()
  await expect(dialog.getByText('Choose at least one.')).toBeVisible()
  await expect(dialog.getByText(/^10\.0\.0\.0\/99: /)).toBeVisible()
  await expect(dialog.getByText('Type a whole number of 1 or more.')).toBeVisible()
  await expect(dialog.getByLabel(/^Networks/)).toHaveValue('10.0.0.0/8\n10.0.0.0/99')
})

test('who edits a key that another has changed is told, and may save over it', async ({ page }) => {
  const key = await company.call<{ id: string; version: number }>('POST', `/v1/orgs/${slug}/api-keys`, {
    name: 'billing-api',
    preset: 'ingest',
  })
  await enter(page, company, path)
  await page.getByRole('button', { name: 'Manage billing-api' }).click()
  await page.getByRole('button', { name: 'Edit' }).click()
  const theirs = { version: key.version, description: 'Theirs' }
  await company.call('PATCH', `/v1/orgs/${slug}/api-keys/${key.id}`, theirs)
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(/^Description/).fill('Mine')
  await dialog.getByLabel('Expires').selectOption('Never')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog.getByText(/^Somebody changed this key/)).toBeVisible()

  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog.getByText('Mine')).toBeVisible()
  await expect(dialog.getByText('Never', { exact: true })).toBeVisible()
})

test('auditors read the list, members are told whom to ask', async ({ page, browser }) => {
  await company.call('POST', `/v1/orgs/${slug}/api-keys`, { name: 'billing-api', preset: 'ingest' })
  const auditor = await company.join('Grace Hopper', 'auditor')
  const member = await company.join('Alan Turing', 'member')
  await enter(page, company, path, auditor)
  await expect(page.getByRole('button', { name: 'Create key' })).toHaveCount(0)
  await page.getByRole('button', { name: 'View billing-api' }).click()
  await expect(page.getByRole('dialog').getByRole('button', { name: 'Revoke' })).toHaveCount(0)

  const other = await browser.newPage()
  await enter(other, company, path, member)
  await expect(other.getByRole('heading', { name: 'You cannot see the API keys' })).toBeVisible()
  await expect(other.getByRole('link', { name: 'API keys' })).toHaveCount(0)
  await other.close()
})

test('an operator makes a key of the platform', async ({ page }) => {
  await enter(page, company, '/operator/keys')
  await page.getByRole('button', { name: 'Create key' }).click()
  const dialog = page.getByRole('dialog', { name: 'Create a platform key' })
  await dialog.getByLabel('Name').fill('provisioner')
  await dialog.getByRole('checkbox', { name: 'See organizations' }).check()
  await dialog.getByRole('button', { name: 'Create key' }).click()
  const key = await takeKey(page, 'provisioner is ready')

  expect(key).toMatch(/^ann_pk_/)
  await expect(page.getByRole('row', { name: /provisioner/ })).toContainText('See organizations')
  const headers = { Authorization: `Bearer ${key}` }
  expect((await fetch(`${company.server.url}/v1/orgs/${slug}`, { headers })).status).toBe(200)
})

test('a list that cannot be had says so, and comes when asked again', async ({ page }) => {
  await page.route('**/api-keys', (route) =>
    route.fulfill({
      status: 500,
      contentType: 'application/problem+json',
      body: '{"title":"Broken","detail":"It is.","code":"internal","request_id":"r1"}',
    }),
  )
  await enter(page, company, path)
  await expect(page.getByRole('heading', { name: 'Broken' })).toBeVisible()
  await expectAccessible(page)
  await page.unroute('**/api-keys')
  await page.getByRole('button', { name: 'Try again' }).click()

  await expect(page.getByRole('heading', { name: 'No API key yet' })).toBeVisible()
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the keys and their dialogs, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme })
    await enter(page, company, path)
    await expect(page.getByRole('heading', { name: 'No API key yet' })).toBeVisible()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Create key' }).click()
    await page.getByRole('radio', { name: 'Custom' }).check()
    await page.getByText('Limit it further').click()
    await page.getByRole('dialog').getByRole('button', { name: 'Create key' }).click()
    await expect(page.getByLabel('Name')).toHaveAttribute('aria-invalid', 'true')
    await expectAccessible(page)
    await page.getByLabel('Name').fill('billing-api')
    await page.getByRole('dialog').getByRole('button', { name: 'Create key' }).click()
    await expect(page.getByRole('button', { name: 'I have stored it' })).toBeVisible()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'I have stored it' }).click()
    await expectAccessible(page)
    for (const step of ['Edit', 'Rotate', 'Revoke']) {
      await page.getByRole('button', { name: 'Manage billing-api' }).click()
      await expectAccessible(page)
      await page.getByRole('button', { name: step }).click()
      await expectAccessible(page)
      await page.keyboard.press('Escape')
    }
    await page.setViewportSize({ width: 360, height: 740 })
    await expectAccessible(page)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  })
}
