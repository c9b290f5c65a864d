import { expect, type Page } from '@playwright/test'
import { startFresh } from './fresh-server'
import { fillLogin } from './helpers'

export const secret = 'seven lanterns over quiet water'
export const admin = { name: 'Ada Byron', email: 'ada@brook.example' }
export const slug = 'brook'

/** An organization of its own, on a server of its own, whose people and keys a test may change as it likes. */
export async function startCompany() {
  const server = await startFresh()
  const call = async <T>(method: string, path: string, body?: object, token = access): Promise<T> => {
    const answer = await fetch(server.url + path, {
      method,
      headers: {
        ...(body && { 'Content-Type': 'application/json' }),
        ...(token && { Authorization: `Bearer ${token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    expect(answer.ok, `${method} ${path}: ${answer.status}`).toBe(true)
    return (answer.status === 204 ? undefined : await answer.json()) as T
  }

  let access = ''
  const organization = { slug, name: 'Brook & Sons' }
  const first = { ...admin, password: secret, token: server.token(), organization }
  access = (await call<{ access_token: string }>('POST', '/v1/setup', first)).access_token

  /** Makes somebody a member of the organization. */
  async function join(name: string, role: string, org = slug): Promise<string> {
    const email = `${name.split(' ')[0]?.toLowerCase()}@brook.example`
    const { link } = await call<{ link: string }>('POST', `/v1/orgs/${org}/invites`, { email, role, name })
    const accept = { token: link.split('#')[1], password: secret, name }
    await call('POST', '/v1/invites/accept', accept, '')
    return email
  }

  return { server, call, join }
}

export type Company = Awaited<ReturnType<typeof startCompany>>

export async function enter(page: Page, company: Company, path: string, email = admin.email): Promise<void> {
  await page.goto(company.server.url + path)
  await fillLogin(page, email, secret)
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible()
}
