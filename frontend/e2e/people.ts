import { createHmac } from 'node:crypto'
import { expect, type Page } from '@playwright/test'
import type { FreshServer } from './fresh-server'
import { fillLogin } from './helpers'

export const password = 'seven lanterns over quiet water'
export const ada = { name: 'Ada Byron', email: 'ada@brook.example' }
export const org = 'brook'

/** Calls the service as another program would, outside the page. */
export async function call<T>(server: FreshServer, path: string, body?: object, token?: string): Promise<T> {
  const headers = { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) }
  const answer = await fetch(server.url + path, {
    method: body ? 'POST' : 'GET',
    headers,
    ...(body && { body: JSON.stringify(body) }),
  })
  expect(answer.ok, `${path}: ${answer.status}`).toBe(true)
  return answer.json() as Promise<T>
}

/** Sets the service up: an organization and its admin, who is an operator too. */
export async function setUp(server: FreshServer): Promise<string> {
  const body = { ...ada, password, token: server.token(), organization: { slug: org, name: 'Brook & Sons' } }
  return (await call<{ access_token: string }>(server, '/v1/setup', body)).access_token
}

/** The path of the link that invites somebody. */
export async function invite(server: FreshServer, token: string, email: string, role = 'auditor') {
  const body = { email, role, name: 'Bob Kahn' }
  return (await call<{ link: string }>(server, `/v1/orgs/${org}/invites`, body, token)).link
}

export async function signInAt(page: Page, url: string, email = ada.email): Promise<void> {
  await page.goto(url)
  await fillLogin(page, email, password)
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const stepSeconds = 30

function bytesOf(base32: string): Buffer {
  const bits = [...base32].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}

/** The code of an authenticator app (RFC 6238); each step is good once, and the next one is good already. */
export function totp(secret: string, steps = 0): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 1000 / stepSeconds) + steps))
  const hash = createHmac('sha1', bytesOf(secret)).update(counter).digest()
  const offset = (hash.at(-1) ?? 0) & 15
  return String((hash.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}
