import { expect, test } from '@playwright/test'
import { expectAccessible } from './axe'
import { type Company, enter, slug, startCompany } from './company'

const path = `/o/${slug}/settings/team`
let company: Company

test.beforeEach(async () => {
  company = await startCompany()
})

test.afterEach(() => company.server.stop())

test('an invitation is made, its link opens, and it is renewed and withdrawn', async ({ page, browser }) => {
  await enter(page, company, path)
  await page.getByRole('button', { name: 'Invite' }).click()
  const form = page.getByRole('dialog', { name: 'Invite somebody' })
  await form.getByLabel('E-mail').fill('not an address')
  await form.getByRole('button', { name: 'Make invitation' }).click()
  await expect(form.getByLabel('E-mail')).toHaveAttribute('aria-invalid', 'true')
  await form.getByLabel('E-mail').fill('bob@brook.example')
  await form.getByRole('radio', { name: 'Admin' }).check()
  await form.getByRole('button', { name: 'Make invitation' }).click()
  const once = page.getByRole('dialog', { name: 'Invitation of bob@brook.example' })
  const link = await once.getByText(/\/join#/).innerText()
  await page.keyboard.press('Escape')
  await once.getByRole('button', { name: 'I have stored it' }).click()

  expect(link).toContain(`${company.server.url}/join#ann_in_`)
  const other = await browser.newContext()
  const guest = await other.newPage()
  expect((await guest.goto(link))?.status()).toBe(200)
  await other.close()

  const row = page.getByRole('row', { name: /bob@brook\.example/ })
  await expect(row).toContainText('Admin')
  await row.getByRole('button', { name: /^Manage/ }).click()
  await page.getByRole('button', { name: 'Make a new link' }).click()
  const next = await page.getByText(/\/join#/).innerText()
  expect(next).not.toBe(link)
  await page.getByRole('button', { name: 'I have stored it' }).click()
  await row.getByRole('button', { name: /^Manage/ }).click()
  await page.getByRole('button', { name: 'Withdraw invitation' }).click()
  await expect(row).toHaveCount(0)
  await expect(page.getByText('No invitation is open.')).toBeVisible()
})

test('a role is changed, and the log tells what the person and the admin did', async ({ page }) => {
  await company.join('Grace Hopper', 'auditor')
  await enter(page, company, path)
  await page.getByRole('button', { name: 'Manage Grace Hopper' }).click()
  const dialog = page.getByRole('dialog', { name: 'Grace Hopper' })
  await dialog.getByRole('radio', { name: 'Member' }).check()
  await dialog.getByRole('button', { name: 'Change role' }).click()
  await expect(page.getByRole('row', { name: /Grace Hopper/ })).toContainText('Member')
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: 'Activity of Ada Byron' }).click()

  await expect(page).toHaveURL(/\/events\?actor=/)
  await expect(page.getByText(/Grace Hopper/).first()).toBeVisible()
})

test('somebody is signed out, gets a reset link, and is removed', async ({ page, browser }) => {
  const email = await company.join('Grace Hopper', 'auditor')
  const other = await browser.newPage()
  await enter(other, company, path, email)
  await enter(page, company, path)
  await page.getByRole('button', { name: 'Manage Grace Hopper' }).click()
  await page.getByRole('button', { name: 'Make a reset link' }).click()
  await expect(page.getByText(new RegExp(`^${company.server.url}/reset#ann_rs_`))).toBeVisible()
  await page.getByRole('button', { name: 'I have stored it' }).click()
  await page.getByRole('button', { name: 'End all sessions' }).click()
  await expect(page.getByRole('dialog').getByText('All sessions of Grace Hopper have ended.')).toBeVisible()
  await other.goto(company.server.url + path)
  await expect(other.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  await other.close()

  await page.getByRole('button', { name: 'Remove Grace Hopper' }).click()
  await expect(page.getByText('Remove Grace Hopper from the team?')).toBeVisible()
  await page.getByRole('button', { name: 'Remove', exact: true }).click()
  await expect(page.getByRole('row', { name: /Grace Hopper/ })).toHaveCount(0)
})

test('the last admin stays, in words; with another one, they can leave', async ({ page }) => {
  await enter(page, company, path)
  await page.getByRole('button', { name: 'Manage Ada Byron' }).click()
  await page.getByRole('radio', { name: 'Auditor' }).check()
  await page.getByRole('button', { name: 'Change role' }).click()
  await expect(page.getByText(/^This is the last admin who can sign in\./)).toBeVisible()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Leave' }).click()
  const dialog = page.getByRole('dialog', { name: 'Leave Brook & Sons?' })
  await dialog.getByRole('button', { name: 'Leave' }).click()
  await expect(dialog.getByText(/^You are the last admin who can sign in\./)).toBeVisible()

  await company.join('Grace Hopper', 'admin')
  await dialog.getByRole('button', { name: 'Leave' }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('link', { name: 'Audit log' })).toHaveCount(0)
})

test('members see names and roles, and nothing to change', async ({ page }) => {
  const email = await company.join('Alan Turing', 'member')
  await enter(page, company, path, email)
  await expect(page.getByRole('row', { name: /Ada Byron/ })).toContainText('Admin')
  await expect(page.getByText('ada@brook.example')).toHaveCount(0)
  await expect(page.getByRole('heading', { name: 'Invitations' })).toHaveCount(0)
  await expect(page.getByRole('button', { name: /^(Manage|Invite)/ })).toHaveCount(0)
  await expect(page.getByRole('heading', { name: 'What each role may do' })).toBeVisible()
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the team and its dialogs, ${colorScheme}`, async ({ page }) => {
    await company.join('Grace Hopper', 'auditor')
    await page.emulateMedia({ colorScheme })
    await enter(page, company, path)
    await page.getByRole('button', { name: 'Invite' }).click()
    await expectAccessible(page)
    await page.getByLabel('E-mail').fill('bob@brook.example')
    await page.getByRole('button', { name: 'Make invitation' }).click()
    await expect(page.getByRole('button', { name: 'I have stored it' })).toBeVisible()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'I have stored it' }).click()
    await expect(page.getByRole('row', { name: /bob@brook\.example/ })).toBeVisible()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Manage the invitation of bob@brook.example' }).click()
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Manage Grace Hopper' }).click()
    await page.getByRole('button', { name: 'Remove Grace Hopper' }).click()
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Leave' }).click()
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await page.setViewportSize({ width: 360, height: 740 })
    await expectAccessible(page)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  })
}
