import { expect, type Page, test } from '@playwright/test'
import { expectAccessible } from './axe'
import { env, signIn } from './helpers'

const stale = {
  status: 403,
  contentType: 'application/problem+json',
  body: JSON.stringify({
    title: 'Confirm that it is you',
    detail: 'confirm that it is you: post to /v1/auth/reauth',
    code: 'reauth_required',
  }),
}

/** The proof is good for ten minutes of the real clock: the service's refusal is played, all else is real. */
async function refuseOnce(page: Page, path: string, times = 1): Promise<() => number> {
  let refused = 0
  await page.route(path, (route) => {
    if (route.request().method() === 'GET' || refused >= times) return route.continue()
    refused += 1
    return route.fulfill(stale)
  })
  return () => refused
}

async function fillNew(page: Page, name: string) {
  await signIn(page, '/operator', env('ANNALS_OPERATOR_EMAIL'), 'Organizations')
  await page.getByRole('button', { name: 'New organization' }).click()
  const dialog = page.getByRole('dialog', { name: 'New organization' })
  await dialog.getByLabel('Organization name').fill(name)
  return dialog
}

const proof = (page: Page) => page.getByRole('dialog', { name: 'Confirm that it is you' })

test('an act that wants a fresh proof asks for it, and then happens', async ({ page }) => {
  const name = `Proof ${Date.now()}`
  await refuseOnce(page, '**/v1/orgs')
  const dialog = await fillNew(page, name)
  await dialog.getByRole('button', { name: 'Create organization' }).click()
  await expect(proof(page).getByText(env('ANNALS_OPERATOR_EMAIL'))).toBeVisible()
  await expect(proof(page).getByLabel('Password')).toBeFocused()

  await proof(page).getByRole('button', { name: 'Confirm' }).click()
  await expect(proof(page).getByText('Enter your password.')).toBeVisible()
  await proof(page).getByLabel('Password').fill('not the password')
  await proof(page).getByRole('button', { name: 'Confirm' }).click()
  await expect(proof(page).getByText('The password is wrong.')).toBeVisible()
  await expect(proof(page).getByLabel('Password')).toBeFocused()
  await expect(dialog.getByLabel('Organization name')).toHaveValue(name)

  await proof(page).getByLabel('Password').fill(env('ANNALS_ADMIN_PASSWORD'))
  await page.keyboard.press('Enter')
  await expect(proof(page)).toBeHidden()
  await expect(dialog).toBeHidden()
  await page.getByRole('searchbox').fill(name)
  await expect(page.getByRole('rowheader', { name })).toBeVisible()
})

test('who does not confirm keeps what was typed, and is told nothing that they know', async ({ page }) => {
  await refuseOnce(page, '**/v1/orgs')
  const dialog = await fillNew(page, 'Not today')
  await dialog.getByRole('button', { name: 'Create organization' }).click()
  await proof(page).getByRole('button', { name: 'Cancel' }).click()
  await expect(proof(page)).toBeHidden()
  await expect(dialog.getByLabel('Organization name')).toHaveValue('Not today')
  await expect(dialog.getByRole('alert')).toHaveCount(0)
  await expect(dialog.getByRole('button', { name: 'Create organization' })).toBeFocused()
})

test('an act for people with a second factor leads to the place where one is set up', async ({ page }) => {
  await page.route('**/v1/orgs', (route) =>
    route.request().method() === 'GET'
      ? route.continue()
      : route.fulfill({ ...stale, body: '{"code":"mfa_required","title":"A second factor is required"}' }),
  )
  const dialog = await fillNew(page, 'No factor')
  await dialog.getByRole('button', { name: 'Create organization' }).click()
  const question = page.getByRole('dialog', { name: 'Set up a second factor first' })
  await expectAccessible(page)
  await question.getByRole('link', { name: 'Set it up in your profile' }).click()
  await expect(page).toHaveURL(/\/profile$/)
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the confirmation, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme })
    await refuseOnce(page, '**/v1/orgs')
    const dialog = await fillNew(page, 'Looked at')
    await dialog.getByRole('button', { name: 'Create organization' }).click()
    await proof(page).getByRole('button', { name: 'Confirm' }).click()
    await expect(proof(page).getByText('Enter your password.')).toBeVisible()
    await expectAccessible(page)
  })
}
