import { expect, test } from '@playwright/test'
import { env, fillLogin, grid, logPath, signIn } from './helpers'

test('signing in lands on the log, and a reload keeps the session', async ({ page }) => {
  await page.goto('/')
  await expect(page).toHaveTitle('Sign in · Annals')
  await fillLogin(page, env('ANNALS_ADMIN_EMAIL'), env('ANNALS_ADMIN_PASSWORD'))
  await expect(grid(page)).toBeVisible()
  await expect(page).toHaveTitle(/^Audit log · .+ · Annals$/)
  await page.reload()
  await expect(grid(page)).toBeVisible()
})

test('the token is in no storage and in no URL', async ({ page }) => {
  await signIn(page)
  const stored = await page.evaluate(
    () => JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie,
  )
  expect(stored).not.toMatch(/eyJ|token/i)
  expect(page.url()).not.toMatch(/token/i)
})

test('a wrong password says neither which of the two was wrong nor more', async ({ page }) => {
  await page.goto('/login')
  await fillLogin(page, env('ANNALS_ADMIN_EMAIL'), 'not the password at all')
  await expect(page.getByRole('alert')).toHaveText('E-mail or password is wrong.')
  await expect(page.getByLabel('Password')).toBeFocused()
  await fillLogin(page, 'nobody@example.com', 'not the password at all')
  await expect(page.getByRole('alert')).toHaveText('E-mail or password is wrong.')
})

test('too many attempts say how long to wait', async ({ page }) => {
  await page.route('**/v1/auth/login', (route) =>
    route.fulfill({
      status: 429,
      headers: { 'retry-after': '42' },
      contentType: 'application/problem+json',
      body: '{}',
    }),
  )
  await page.goto('/login')
  await fillLogin(page, 'ada@example.com', 'x')
  await expect(page.getByRole('alert')).toContainText('Too many attempts. Try again in 42 seconds.')
  await expect(page.getByText('Too many attempts. Try again in 40 seconds.')).toBeVisible()
})

test('a link asks for the sign-in first and then goes where it said', async ({ page }) => {
  await signIn(page, logPath('?since=-7d&cols=pocketsoc'))
  await expect(page).toHaveURL(/since=-7d&cols=pocketsoc$/)
  await page.goto('/login?next=//evil.example')
  await expect(page).toHaveURL(/\/o\/.+\/events/)
})

test('signing out ends it, also in another tab', async ({ page, context }) => {
  await signIn(page)
  const other = await context.newPage()
  await other.goto(logPath())
  await expect(grid(other)).toBeVisible()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(page).toHaveURL(/\/login$/)
  await expect(other).toHaveURL(/\/login/)
  await page.goto(logPath())
  await expect(page).toHaveURL(/\/login\?next=/)
})

test('the theme is chosen and remembered', async ({ page }) => {
  await signIn(page)
  const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  const light = await background()
  await page.getByTitle('Dark').click()
  await expect(page.getByRole('radio', { name: 'Dark' })).toBeChecked()
  const dark = await background()
  expect(dark).not.toBe(light)
  await page.reload()
  await expect(grid(page)).toBeVisible()
  expect(await background()).toBe(dark)
})
