import { type APIRequestContext, expect, type Page, test } from '@playwright/test'
import { expectAccessible } from './axe'
import { env, grid, logPath, signIn } from './helpers'

const question = (page: Page) => page.getByRole('dialog', { name: 'Your session has ended' })

/** Signs in through the page, and answers how to end that session from elsewhere. */
async function signInEndable(page: Page, request: APIRequestContext, ...how: [string, string, string]) {
  const answer = page.waitForResponse('**/v1/auth/login')
  await signIn(page, ...how)
  const headers = { Authorization: `Bearer ${(await (await answer).json()).access_token}` }
  return async () => {
    const sessions = await (await request.get('/v1/auth/sessions', { headers })).json()
    const own = sessions.data.find((session: { current: boolean }) => session.current)
    expect((await request.delete(`/v1/auth/sessions/${own.id}`, { headers })).status()).toBe(204)
  }
}

const asOperator = (): [string, string, string] => [
  '/operator',
  env('ANNALS_OPERATOR_EMAIL'),
  'Organizations',
]

test('a session that ends under a half-written form is begun again over it, and the form goes on', async ({
  page,
  request,
}) => {
  const name = `Half-written ${Date.now()}`
  const end = await signInEndable(page, request, ...asOperator())
  await page.getByRole('button', { name: 'New organization' }).click()
  const form = page.getByRole('dialog', { name: 'New organization' })
  await form.getByLabel('Organization name').fill(name)
  await form.getByLabel('Slug').fill(`half-${Date.now()}`)
  await end()
  await form.getByRole('button', { name: 'Create organization' }).click()

  await expect(question(page).getByLabel('E-mail')).toHaveValue(env('ANNALS_OPERATOR_EMAIL'))
  await expect(question(page).getByLabel('Password')).toBeFocused()
  await page.keyboard.press('Escape')
  await question(page).getByLabel('Password').fill('not the password')
  await question(page).getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(question(page).getByRole('alert')).toHaveText('E-mail or password is wrong.')
  await question(page).getByLabel('Password').fill(env('ANNALS_ADMIN_PASSWORD'))
  await page.keyboard.press('Enter')

  await expect(question(page)).toBeHidden()
  await expect(form).toBeHidden()
  await page.getByRole('searchbox').fill(name)
  await expect(page.getByRole('rowheader', { name })).toBeVisible()
})

test('a session that ends under a list keeps what is shown, and the URL', async ({ page, request }) => {
  const end = await signInEndable(
    page,
    request,
    logPath('?since=-30d'),
    env('ANNALS_ADMIN_EMAIL'),
    'Audit log',
  )
  await end()
  await page.getByRole('button', { name: 'Refresh' }).click()
  await question(page).getByLabel('Password').fill(env('ANNALS_ADMIN_PASSWORD'))
  await page.keyboard.press('Enter')
  await expect(question(page)).toBeHidden()
  await expect(page).toHaveURL(/since=-30d$/)
  await expect(page.getByText(/as of \d\d:\d\d:\d\d/).first()).toBeVisible()
})

test('a sign-in in another tab answers it too', async ({ page, request, context }) => {
  const end = await signInEndable(page, request, ...asOperator())
  const other = await context.newPage()
  await other.goto('/operator')
  await expect(other.getByRole('heading', { name: 'Organizations', level: 1 })).toBeVisible()
  await end()
  for (const tab of [page, other]) await tab.getByRole('searchbox').fill('acme')
  await expect(question(page)).toBeVisible()
  await expect(question(other)).toBeVisible()
  await question(other).getByLabel('Password').fill(env('ANNALS_ADMIN_PASSWORD'))
  await other.keyboard.press('Enter')
  for (const tab of [page, other]) {
    await expect(question(tab)).toBeHidden()
    await expect(tab.getByRole('rowheader', { name: 'Acme Corp' })).toBeVisible()
  }
})

test('somebody else begins at the start', async ({ page, request }) => {
  const end = await signInEndable(page, request, ...asOperator())
  await end()
  await page.getByRole('searchbox').fill('acme')
  await question(page).getByRole('button', { name: 'sign in as somebody else' }).click()
  await expect(page).toHaveURL(/\/login$/)
  await page.getByLabel('E-mail').fill(env('ANNALS_ADMIN_EMAIL'))
  await page.getByLabel('Password').fill(env('ANNALS_ADMIN_PASSWORD'))
  await page.keyboard.press('Enter')
  await expect(grid(page)).toBeVisible()
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the sign-in over a page, ${colorScheme}`, async ({ page, request }) => {
    await page.emulateMedia({ colorScheme })
    const end = await signInEndable(page, request, ...asOperator())
    await end()
    await page.getByRole('searchbox').fill('acme')
    await expect(question(page)).toBeVisible()
    await expectAccessible(page)
  })
}
