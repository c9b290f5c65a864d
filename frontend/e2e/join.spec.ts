import { expect, type Page, test } from '@playwright/test'
import { expectAccessible } from './axe'
import { type FreshServer, startFresh } from './fresh-server'
import { ada, call, invite, org, password, setUp, signInAt, totp } from './people'

const bob = 'bob@brook.example'

let server: FreshServer
let token: string

test.beforeEach(async () => {
  server = await startFresh()
  token = await setUp(server)
})

test.afterEach(() => server.stop())

type Members = { data: { user: { id: string; email: string } }[] }

/** An account of Bob's, with an app; answers its secret. */
async function makeBob(): Promise<string> {
  const link = await invite(server, token, bob)
  const body = { token: link.split('#')[1], password }
  const session = await call<{ access_token: string }>(server, '/v1/invites/accept', body)
  const bearer = session.access_token
  const { secret } = await call<{ secret: string }>(server, '/v1/auth/mfa/totp', {}, bearer)
  await call(server, '/v1/auth/mfa/totp/confirm', { code: totp(secret, -1) }, bearer)
  return secret
}

async function idOfBob(): Promise<string> {
  const members = await call<Members>(server, `/v1/orgs/${org}/members`, undefined, token)
  return members.data.find((member) => member.user.email === bob)?.user.id ?? ''
}

/** An account of Bob's that belongs nowhere any more. */
async function makeLoneBob(): Promise<string> {
  const secret = await makeBob()
  const headers = { Authorization: `Bearer ${token}` }
  const path = `${server.url}/v1/orgs/${org}/members/${await idOfBob()}`
  expect((await fetch(path, { method: 'DELETE', headers })).status).toBe(204)
  return secret
}

const heading = (page: Page, name: string) => page.getByRole('heading', { name, level: 1 })

test('an invitation is made, opened in another browser, and accepted with a new account', async ({
  browser,
}) => {
  const link = await invite(server, token, bob)
  const context = await browser.newContext()
  const page = await context.newPage()
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await page.goto(server.url + link)
  await expect(heading(page, 'Join Brook & Sons')).toBeVisible()
  await expect(page).toHaveURL(/\/join$/)
  await expect(page.getByText('as an auditor')).toBeVisible()
  await expect(page.getByLabel('E-mail')).toHaveValue(bob)
  await expect(page.getByLabel('Your name')).toHaveValue('Bob Kahn')

  await page.getByLabel('Password').fill('password1234')
  await page.getByRole('button', { name: 'Create account and join' }).click()
  await expect(page.getByLabel('Password')).toBeFocused()
  await expect(page.getByLabel('Password')).toHaveAttribute('aria-invalid', 'true')
  await page.getByLabel('Password').fill(password)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(new RegExp(`/o/${org}/events$`))
  await expect(page.getByText('User joined').first()).toBeVisible()
  expect(asked.filter((url) => url.includes('ann_in_'))).toEqual([])

  await page.goto(server.url + link)
  await expect(heading(page, 'This link no longer works')).toBeVisible()
  await page.getByRole('link', { name: 'Open Annals' }).click()
  await expect(page).toHaveURL(new RegExp(`/o/${org}/events$`))
  await context.close()
})

test('who has an account joins with its password and a code', async ({ page }) => {
  const secret = await makeLoneBob()
  const link = await invite(server, token, bob)
  await page.goto(server.url + link)
  await expect(page.getByText('You have an account here.')).toBeVisible()
  await page.getByLabel('Password').fill('not the password')
  await page.keyboard.press('Enter')
  await expect(page.getByText('The password is wrong.')).toBeVisible()
  await page.getByLabel('Password').fill(password)
  await page.keyboard.press('Enter')
  await expect(page.getByText('Enter a code to join.')).toBeVisible()
  await page.getByLabel('Six-digit code').fill(totp(secret))
  await expect(page).toHaveURL(new RegExp(`/o/${org}/events$`))
})

test('who is signed in joins with one click; for somebody else they sign out first', async ({ page }) => {
  const secret = await makeLoneBob()
  await signInAt(page, `${server.url}/profile`)
  await expect(heading(page, 'Your profile')).toBeVisible()
  await page.goto(server.url + (await invite(server, token, bob)))
  await expect(page.getByText(`You are signed in as ${ada.email}.`)).toBeVisible()
  await page.getByRole('button', { name: 'Sign out and go on' }).click()
  await expect(page.getByText('You have an account here.')).toBeVisible()

  await signInAt(page, `${server.url}/profile`, bob)
  await page.getByLabel('Six-digit code').fill(totp(secret))
  await expect(heading(page, 'Your profile')).toBeVisible()
  await page.goto(server.url + (await invite(server, token, bob)))
  await page.getByRole('button', { name: 'Join', exact: true }).click()
  await expect(page).toHaveURL(new RegExp(`/o/${org}/events$`))
  await expect(page.getByText('User joined').first()).toBeVisible()
})

test('a link to a new password works once', async ({ page }) => {
  await makeBob()
  const { link } = await call<{ link: string }>(
    server,
    `/v1/platform/users/${await idOfBob()}/reset-link`,
    {},
    token,
  )
  await page.goto(server.url + link)
  await expect(heading(page, 'Set a new password')).toBeVisible()
  await expect(page).toHaveURL(/\/reset$/)
  await page.getByLabel('New password').fill('short')
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('New password')).toHaveAttribute('aria-invalid', 'true')
  await page.getByLabel('New password').fill('nine copper kettles in the rain')
  await page.keyboard.press('Enter')
  await expect(heading(page, 'Your password is set')).toBeVisible()
  await page.getByRole('link', { name: 'Sign in' }).click()
  await page.getByLabel('E-mail').fill(bob)
  await page.getByLabel('Password').fill('nine copper kettles in the rain')
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('Six-digit code')).toBeVisible()

  await page.goto(server.url + link)
  await page.getByLabel('New password').fill('nine copper kettles in the rain')
  await page.keyboard.press('Enter')
  await expect(heading(page, 'This link no longer works')).toBeVisible()
})

test('a link that lost its end says so', async ({ page }) => {
  for (const path of ['/join', '/reset#ann_in_foreign']) {
    await page.goto(server.url + path)
    await expect(heading(page, 'The link is not complete')).toBeVisible()
  }
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in what links lead to, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme })
    await page.goto(server.url + (await invite(server, token, bob)))
    await page.getByRole('button', { name: 'Create account and join' }).click()
    await expect(page.getByLabel('Password')).toHaveAttribute('aria-invalid', 'true')
    await expectAccessible(page)
    await page.goto(`${server.url}/join`)
    await expect(heading(page, 'The link is not complete')).toBeVisible()
    await expectAccessible(page)
    await page.goto(`${server.url}/reset#ann_rs_never`)
    await page.getByLabel('New password').fill(password)
    await expectAccessible(page)
    await page.keyboard.press('Enter')
    await expect(heading(page, 'This link no longer works')).toBeVisible()
    await expectAccessible(page)
    await signInAt(page, `${server.url}/profile`)
    await expect(heading(page, 'Your profile')).toBeVisible()
    await page.goto(server.url + (await invite(server, token, 'carol@brook.example')))
    await expect(page.getByRole('button', { name: 'Sign out and go on' })).toBeVisible()
    await expectAccessible(page)
  })
}
