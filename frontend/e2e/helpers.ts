import { type APIRequestContext, expect, type Page } from '@playwright/test'

type Name =
  | 'ANNALS_URL'
  | 'ANNALS_ORG'
  | 'ANNALS_ADMIN_EMAIL'
  | 'ANNALS_ADMIN_PASSWORD'
  | 'ANNALS_AUDITOR_EMAIL'
  | 'ANNALS_MEMBER_EMAIL'
  | 'ANNALS_OPERATOR_EMAIL'
  | 'ANNALS_API_KEY'
  | 'ANNALS_READ_KEY'

export function env(name: Name): string {
  const value = process.env[name]
  if (!value) throw new Error(`The demo gave no ${name}.`)
  return value
}

/** The demo's other organization, of another pack, for what would disturb the tests of the first. */
export const otherOrg = 'harbor'

export const catalogPath = (query = '', org = env('ANNALS_ORG')) => `/o/${org}/catalog${query}`
export const logPath = (query = '') => `/o/${env('ANNALS_ORG')}/events${query}`
const apiPath = (query = '') => `/v1/orgs/${env('ANNALS_ORG')}/events${query}`

export type ListedEvent = { id: string; action: string; label?: string; pack?: string; occurred_at: string }
type EventPage = { data: ListedEvent[]; page: { next_cursor?: string; has_more: boolean } }

export async function fillLogin(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** Signs in through the form and lands on `path`. */
export async function signIn(
  page: Page,
  path = logPath(),
  email = env('ANNALS_ADMIN_EMAIL'),
  title = 'Audit log',
): Promise<void> {
  await page.goto(path)
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  await fillLogin(page, email, env('ANNALS_ADMIN_PASSWORD'))
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible()
}

export function grid(page: Page) {
  return page.getByRole('grid', { name: /Events/ })
}

export function rows(page: Page) {
  return page.locator('[data-event]')
}

export function drawer(page: Page) {
  return page.getByRole('complementary', { name: 'Event' })
}

export async function listEvents(request: APIRequestContext, query = ''): Promise<EventPage> {
  const headers = { Authorization: `Bearer ${env('ANNALS_READ_KEY')}` }
  const response = await request.get(apiPath(query), { headers })
  expect(response.status()).toBe(200)
  return response.json()
}

export async function postEvent(request: APIRequestContext, event: object): Promise<string> {
  const headers = { Authorization: `Bearer ${env('ANNALS_API_KEY')}` }
  const response = await request.post(apiPath(), { headers, data: event })
  expect(response.status()).toBe(201)
  return (await response.json()).id
}

export const testActor = { type: 'user', id: 'u_e2e', name: 'End Toend', email: 'e2e@example.com' }

/** Enough events of one actor for more than one page. */
export async function ensureEvents(
  request: APIRequestContext,
  actor: { id: string },
  wanted: number,
): Promise<void> {
  const { data } = await listEvents(request, `?actor=${actor.id}&limit=1000`)
  for (let index = data.length; index < wanted; index += 1) {
    await postEvent(request, { action: 'user.logged_in', actor })
  }
}
