import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type APIRequestContext, expect, type Page, test } from '@playwright/test'
import { catalogPath, env, postEvent, signIn, testActor } from './helpers'

const title = 'Event catalog'
/** The organization of those who run the service. */
const platform = 'platform'
const pack = 'e2e-shop'

const panel = (page: Page) => page.getByRole('complementary', { name: 'Event type' })
const settings = (page: Page) => page.getByRole('complementary', { name: 'Packs and policy' })

async function tokenOf(request: APIRequestContext, email: string): Promise<string> {
  const data = { email, password: env('ANNALS_ADMIN_PASSWORD') }
  return (await (await request.post('/v1/auth/login', { data })).json()).access_token
}

/** What a shell makes of a line that the page shows. */
async function run(line: string, variables: Record<string, string>): Promise<string> {
  const env = { PATH: process.env.PATH ?? '', ...variables }
  const { stdout } = await promisify(execFile)('sh', ['-c', line], { env })
  return stdout
}

/** A type of one's own, in its second version. */
async function defineType(request: APIRequestContext, action: string): Promise<void> {
  const headers = { Authorization: `Bearer ${await tokenOf(request, env('ANNALS_OPERATOR_EMAIL'))}` }
  const first = {
    label: 'Basket paid',
    category: 'Baskets',
    activity_type: 'user_action',
    sentence: '{actor} paid {parameters.amount|something}',
    parameters_schema: {
      type: 'object',
      required: ['amount'],
      properties: { amount: { type: 'number', minimum: 5, description: 'In euros.' } },
    },
  }
  const path = `/v1/event-types/${pack}/${action}`
  expect((await request.put(path, { headers, data: first })).status()).toBe(201)
  const second = { ...first, label: 'Basket was paid', version: 1 }
  expect((await request.put(path, { headers, data: second })).status()).toBe(200)
}

async function addPack(request: APIRequestContext, org: string, email: string): Promise<void> {
  const headers = { Authorization: `Bearer ${await tokenOf(request, email)}` }
  const { packs, version } = await (await request.get(`/v1/orgs/${org}`, { headers })).json()
  if (packs.includes(pack)) return
  const data = { packs: [...packs, pack], version }
  expect((await request.patch(`/v1/orgs/${org}`, { headers, data })).status()).toBe(200)
}

test('a type of one’s own shows its schema, and its example is an event that fits', async ({
  page,
  request,
}) => {
  const action = 'e2e_basket.paid'
  await defineType(request, action)
  await addPack(request, env('ANNALS_ORG'), env('ANNALS_ADMIN_EMAIL'))
  const refused: string[] = []
  page.on('response', (response) => {
    if (response.status() === 403) refused.push(response.url())
  })
  await signIn(page, catalogPath(`?pack=${pack}&type=${action}`), env('ANNALS_ADMIN_EMAIL'), title)
  await expect(panel(page).getByRole('heading', { level: 2 })).toHaveText('Basket was paid')
  await expect(panel(page).getByText('custom v2')).toBeVisible()
  await expect(panel(page).getByRole('row', { name: 'amount number yes' })).toBeVisible()
  await expect(panel(page)).toContainText('In euros.')
  const event = JSON.parse(await panel(page).getByRole('region', { name: 'Example event' }).innerText())
  expect(event.parameters).toEqual({ amount: 5 })
  await postEvent(request, { ...event, actor: testActor })
  await page.getByRole('button', { name: 'Refresh' }).click()
  await expect(panel(page).getByRole('link', { name: /^Show [\d,]+ events? in the log$/ })).toBeVisible()
  await expect(panel(page).getByRole('heading', { name: 'Versions' })).toHaveCount(0)
  expect(refused).toEqual([])
})

test('whoever also runs the service sees who changed a type, and what', async ({ page, request }) => {
  const action = 'e2e_basket.checked'
  await defineType(request, action)
  await addPack(request, env('ANNALS_ORG'), env('ANNALS_ADMIN_EMAIL'))
  // Nobody in the demo is both admin and operator: the page is told so, and gets the versions that an operator gets.
  await page.route('**/v1/auth/login', async (route) => {
    const response = await route.fetch()
    const session = await response.json()
    await route.fulfill({ response, json: { ...session, user: { ...session.user, is_operator: true } } })
  })
  const headers = { Authorization: `Bearer ${await tokenOf(request, env('ANNALS_OPERATOR_EMAIL'))}` }
  const json = await (await request.get(`/v1/event-types/${pack}/${action}/versions`, { headers })).json()
  await page.route('**/v1/event-types/*/*/versions', (route) => route.fulfill({ json }))
  await signIn(page, catalogPath(`?type=${action}`), env('ANNALS_ADMIN_EMAIL'), title)
  const versions = panel(page).getByRole('listitem').filter({ hasText: /^v\d/ })
  await expect(versions).toHaveText([/^v2.*changed label/, /^v1.*defined it/])
})

test('an operator reads the settings of the service’s own organization', async ({ page }) => {
  await signIn(page, catalogPath('?panel=settings', platform), env('ANNALS_OPERATOR_EMAIL'), title)
  await expect(settings(page)).toContainText('Its settings cannot be changed.')
  await expect(settings(page).getByRole('radio').first()).toBeDisabled()
})

test('the line of an unknown action makes it known, once its pack is added', async ({ page, request }) => {
  const action = 'e2e_kettle.descaled'
  await postEvent(request, { action, actor: testActor })
  await signIn(page, catalogPath(`?type=${action}`), env('ANNALS_ADMIN_EMAIL'), title)
  await expect(panel(page)).toContainText('their receipts carry the flag unknown_action')
  const line = await panel(page).getByRole('region', { name: 'Define it' }).innerText()

  const answer = await run(line, { ACCESS_TOKEN: await tokenOf(request, env('ANNALS_OPERATOR_EMAIL')) })
  expect(JSON.parse(answer)).toMatchObject({
    action,
    pack: 'my-pack',
    label: 'E2e kettle descaled',
    version: 1,
  })

  await panel(page).getByRole('link', { name: 'Packs and policy' }).click()
  await expect(settings(page)).toBeFocused()
  await settings(page).getByRole('combobox', { name: 'Add a pack' }).selectOption('my-pack')
  await settings(page).getByRole('button', { name: 'Save' }).click()
  await expect(settings(page)).toContainText('Saved.')
  await page.goto(catalogPath(`?type=${action}`))
  await expect(panel(page).getByRole('heading', { level: 2 })).toHaveText('E2e kettle descaled')
  await expect(panel(page).getByText('custom v1')).toBeVisible()
})
