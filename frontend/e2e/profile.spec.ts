import { expect, type Page, test } from '@playwright/test'
import { expectAccessible } from './axe'
import { type FreshServer, startFresh } from './fresh-server'
import { ada, call, password, setUp, signInAt, totp } from './people'

let server: FreshServer

test.beforeEach(async () => {
  server = await startFresh()
  await setUp(server)
})

test.afterEach(() => server.stop())

async function openProfile(page: Page): Promise<void> {
  await signInAt(page, `${server.url}/profile`)
  await expect(page.getByRole('heading', { name: 'Your profile' })).toBeVisible()
}

/** Sets the app up through the page; answers its secret and the recovery codes. */
async function setUpApp(page: Page): Promise<{ secret: string; codes: string[] }> {
  await page.getByRole('button', { name: 'Set up an authenticator app' }).click()
  const dialog = page.getByRole('dialog', { name: 'Set up an authenticator app' })
  await expect(dialog.getByRole('img', { name: 'QR code of the secret' })).toBeVisible()
  const secret = (await dialog.locator('code').innerText()).replaceAll(' ', '')
  await dialog.getByLabel('Then enter the code').fill('000000')
  await expect(dialog.getByText('The code is wrong.')).toBeVisible()
  await dialog.getByLabel('Then enter the code').fill(totp(secret, -1))
  const shown = page.getByRole('dialog', { name: 'Your recovery codes' })
  await expect(shown.getByRole('listitem')).toHaveCount(10)
  const codes = await shown.getByRole('listitem').allInnerTexts()
  await page.keyboard.press('Escape')
  const download = page.waitForEvent('download')
  await shown.getByRole('button', { name: 'Download' }).click()
  expect((await download).suggestedFilename()).toBe('annals-recovery-codes.txt')
  await shown.getByRole('button', { name: 'I have stored them' }).click()
  await expect(page.getByText('10 recovery codes are left.')).toBeVisible()
  return { secret, codes }
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
}

test('an app is set up, signs in, confirms, and is turned off', async ({ page }) => {
  await openProfile(page)
  const { secret, codes } = await setUpApp(page)
  await signOut(page)

  await signInAt(page, `${server.url}/profile`)
  await expect(page.getByRole('heading', { name: 'Enter your code' })).toBeVisible()
  await expect(page.getByLabel('Six-digit code')).toBeFocused()
  await page.getByLabel('Six-digit code').fill('000 000')
  await expect(page.getByText('The code is wrong, or was used before.')).toBeVisible()
  await expect(page.getByLabel('Six-digit code')).toHaveValue('')
  await page.getByLabel('Six-digit code').fill(totp(secret))
  await expect(page.getByRole('heading', { name: 'Your profile' })).toBeVisible()
  await signOut(page)

  await signInAt(page, `${server.url}/profile`)
  await page.getByRole('button', { name: 'Use a recovery code instead' }).click()
  await page.getByLabel('Recovery code').fill(codes[0]?.toLowerCase() ?? '')
  await page.getByRole('button', { name: 'Verify' }).click()
  await expect(page.getByText('9 recovery codes are left.')).toBeVisible()

  // The proof is fresh: the service's refusal is played, all else is real.
  await page.route(
    '**/v1/auth/mfa/totp',
    (route) =>
      route.fulfill({
        status: 403,
        contentType: 'application/problem+json',
        body: '{"code":"reauth_required"}',
      }),
    { times: 1 },
  )
  await page.getByRole('button', { name: 'Turn off' }).click()
  const off = page.getByRole('dialog', { name: 'Turn off your second factor' })
  await off.getByRole('button', { name: 'Turn off' }).click()
  const proof = page.getByRole('dialog', { name: 'Confirm that it is you' })
  await proof.getByRole('button', { name: 'Use a code of your app instead' }).click()
  await proof.getByLabel('Six-digit code').fill(totp(secret, 1))
  await expect(page.getByText('Your second factor is off.').first()).toBeVisible()
  await expect(page.getByRole('button', { name: 'Set up an authenticator app' })).toBeVisible()
})

test('a sign-in that waits too long for its code begins again', async ({ page }) => {
  await openProfile(page)
  await setUpApp(page)
  await signOut(page)
  await page.route('**/v1/auth/login', async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, json: { ...(await response.json()), expires_in: 2 } })
  })
  await signInAt(page, `${server.url}/login`)
  await expect(page.getByText('Time left: 0:0')).toBeVisible()
  await expect(page.getByText('The code took too long, or was wrong too often.')).toBeVisible()
  await expect(page.getByLabel('Password')).toBeVisible()
})

test('new recovery codes replace the old ones', async ({ page }) => {
  await openProfile(page)
  const { codes } = await setUpApp(page)
  await page.getByRole('button', { name: 'New recovery codes' }).click()
  await page.getByRole('button', { name: 'Make new codes' }).click()
  const shown = page.getByRole('dialog', { name: 'Your recovery codes' })
  const renewed = await shown.getByRole('listitem').allInnerTexts()
  expect(renewed.filter((code) => codes.includes(code))).toEqual([])
  await shown.getByRole('button', { name: 'I have stored them' }).click()
})

test('the password is changed; what is wrong stands at its field', async ({ page }) => {
  await openProfile(page)
  await page.getByRole('button', { name: 'Change password' }).click()
  const dialog = page.getByRole('dialog', { name: 'Change password' })
  await dialog.getByLabel('Current password').fill('not the password')
  await dialog.getByLabel('New password').fill('nine copper kettles in the rain')
  await dialog.getByRole('button', { name: 'Change password' }).click()
  await expect(dialog.getByText('The password is wrong.')).toBeVisible()
  await dialog.getByLabel('Current password').fill(password)
  await dialog.getByLabel('New password').fill('short')
  await dialog.getByRole('button', { name: 'Change password' }).click()
  await expect(dialog.getByLabel('New password')).toBeFocused()
  await dialog.getByLabel('New password').fill('nine copper kettles in the rain')
  await dialog.getByRole('button', { name: 'Change password' }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByText('Your password is changed.').first()).toBeVisible()
  await page.reload()
  await expect(page.getByRole('heading', { name: 'Your profile' })).toBeVisible()
})

test('sessions are listed in words, one is ended, then all others', async ({ page, browser }) => {
  const credentials = { email: ada.email, password }
  for (let index = 0; index < 2; index += 1) await call(server, '/v1/auth/login', credentials)
  const elsewhere = await browser.newContext()
  const other = await elsewhere.newPage()
  await signInAt(other, `${server.url}/profile`)
  await expect(other.getByRole('heading', { name: 'Your profile' })).toBeVisible()

  await openProfile(page)
  // The first run began one too.
  await expect(page.getByRole('row')).toHaveCount(6)
  await expect(page.getByRole('row', { name: /Chrome on Linux This one/ })).toBeVisible()
  await page.getByRole('button', { name: 'End the session of Chrome on Linux' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'End', exact: true }).click()
  await expect(page.getByRole('row')).toHaveCount(5)
  await other.getByRole('button', { name: 'End all others' }).click()
  await other.getByRole('dialog').getByRole('button', { name: 'End all others' }).click()
  await expect(other.getByRole('dialog', { name: 'Your session has ended' })).toBeVisible()

  await page.getByRole('button', { name: 'End all others' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'End all others' }).click()
  await expect(page.getByRole('row')).toHaveCount(2)
  await expect(page.getByRole('button', { name: 'End all others' })).toHaveCount(0)
  await elsewhere.close()
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the profile and its dialogs, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme })
    await openProfile(page)
    await expect(page.getByRole('row').first()).toBeVisible()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Change password' }).click()
    await expect(page.getByText('Enter your password.')).toBeVisible()
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Set up an authenticator app' }).click()
    await expect(page.getByRole('img', { name: 'QR code of the secret' })).toBeVisible()
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await setUpApp(page)
    await page.getByRole('button', { name: 'New recovery codes' }).click()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Make new codes' }).click()
    await expect(page.getByRole('dialog', { name: 'Your recovery codes' })).toBeVisible()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'I have stored them' }).click()
    await page.getByRole('button', { name: 'Turn off' }).click()
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await signOut(page)
    await signInAt(page, `${server.url}/login`)
    await expect(page.getByLabel('Six-digit code')).toBeVisible()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Use a recovery code instead' }).click()
    await page.getByRole('button', { name: 'Verify' }).click()
    await expect(page.getByText('Enter one of your recovery codes.')).toBeVisible()
    await expectAccessible(page)
  })
}
