import { expect, test } from '@playwright/test'
import { expectAccessible } from './axe'
import { env, otherOrg, signIn } from './helpers'

const open = (page: Parameters<typeof signIn>[0]) =>
  signIn(page, '/operator', env('ANNALS_OPERATOR_EMAIL'), 'Organizations')

/** The claim link is shown once, and left only by who says that it is kept. */
async function keepLink(page: Parameters<typeof signIn>[0], name: string): Promise<void> {
  const dialog = page.getByRole('dialog', { name: `Claim link of ${name}` })
  await expect(dialog.getByText(/\/claim#ann_cl_/)).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(dialog).toBeVisible()
  await dialog.getByRole('button', { name: 'I have stored it' }).click()
  await expect(dialog).toBeHidden()
}

test('an operator makes an organization and finds it', async ({ page }) => {
  const name = `Creek ${Date.now()}`
  await open(page)
  await page.getByRole('button', { name: 'New organization' }).click()
  const dialog = page.getByRole('dialog', { name: 'New organization' })
  await dialog.getByLabel('Organization name').fill(name)
  await dialog.getByLabel('Plan').selectOption('standard')
  await dialog.getByRole('button', { name: 'Create organization' }).click()
  await expect(dialog).toBeHidden()
  await keepLink(page, name)

  await page.getByRole('searchbox').fill(name.toLowerCase())
  await expect(page.getByRole('row')).toHaveCount(2)
  await expect(page.getByRole('row', { name })).toContainText('standard')
})

test('a slug that is taken is said at the slug', async ({ page }) => {
  await open(page)
  await page.getByRole('button', { name: 'New organization' }).click()
  const dialog = page.getByRole('dialog', { name: 'New organization' })
  await dialog.getByLabel('Organization name').fill('Another')
  await dialog.getByLabel('Slug').fill(otherOrg)
  await dialog.getByRole('button', { name: 'Create organization' }).click()
  await expect(dialog.getByLabel('Slug')).toBeFocused()
  await expect(dialog.getByText(`there is an organization with the slug ${otherOrg}`)).toBeVisible()
})

test('suspending and resuming take effect on what is recorded', async ({ page, request }) => {
  const name = `Delta ${Date.now()}`
  await open(page)
  await page.getByRole('button', { name: 'New organization' }).click()
  const made = page.getByRole('dialog', { name: 'New organization' })
  await made.getByLabel('Organization name').fill(name)
  await made.getByRole('button', { name: 'Create organization' }).click()
  await keepLink(page, name)
  await page.getByRole('searchbox').fill(name)
  await page.getByRole('button', { name: `Manage ${name}` }).click()
  const dialog = page.getByRole('dialog', { name })
  await dialog.getByRole('button', { name: 'Suspend organization' }).click()
  await expect(dialog.getByLabel('Reason')).toHaveAttribute('aria-invalid', 'true')
  await dialog.getByLabel('Reason').fill('not paid')
  await dialog.getByRole('button', { name: 'Suspend organization' }).click()
  await expect(dialog.getByText(/^Since .*: not paid$/)).toBeVisible()
  await expect(page.getByRole('row', { name }).getByText('Suspended')).toHaveCount(2)

  await dialog.getByRole('button', { name: 'Resume organization' }).click()
  await expect(dialog.getByRole('heading', { name: 'Suspend', exact: true })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('button', { name: `Manage ${name}` })).toBeFocused()
  expect((await request.get('/readyz')).ok()).toBe(true)
})

test('who is no operator is not offered it and told so at its address', async ({ page }) => {
  await signIn(page)
  await expect(page.getByRole('link', { name: 'Organizations' })).toHaveCount(0)
  await page.goto('/operator')
  await expect(page.getByRole('heading', { name: 'Not allowed' })).toBeVisible()
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the organizations and their dialogs, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme })
    await open(page)
    await expectAccessible(page)
    await page.getByRole('button', { name: 'New organization' }).click()
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Manage Acme Corp' }).click()
    await expect(page.getByLabel('Reason')).toBeVisible()
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'New organization' }).click()
    await page.getByLabel('Organization name').fill(`Sound ${Date.now()}`)
    await page.getByRole('button', { name: 'Create organization' }).click()
    await expect(page.getByRole('button', { name: 'I have stored it' })).toBeVisible()
    await expectAccessible(page)
  })
}
