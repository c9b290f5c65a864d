import { authorization, curlWithBody, quote } from '../../../api/curl'
import type { components } from '../../../api/schema'

export type ApiKey = components['schemas']['KeyView']
export type NewKey = components['schemas']['NewKeyView']
export type Scope = components['schemas']['Scope']
export type Preset = components['schemas']['Preset']

/** Whose keys: an organization's, by its slug, or the service's own. */
export type Place = { org: string } | 'platform'

export const presets: readonly Preset[] = ['ingest', 'read', 'manage']
export const organizationScopes: readonly Scope[] = [
  'events:write',
  'events:read',
  'events:verify',
  'org:read',
  'org:write',
]
export const platformScopes: readonly Scope[] = [
  'events:write',
  'orgs:create',
  'orgs:read',
  'orgs:write',
  'event_types:write',
]

const dayMs = 86_400_000
const unusedDays = 90

/** Works, and nobody has used it for so long that nobody may need it. */
export function isUnused(key: ApiKey, nowMs: number): boolean {
  if (key.state === 'revoked' || key.state === 'expired') return false
  return nowMs - Date.parse(key.last_used?.at ?? key.created_at) > unusedDays * dayMs
}

export function daysFrom(nowMs: number, days: number): string {
  return new Date(nowMs + days * dayMs).toISOString()
}

/** One network per line; commas and spaces do as well. */
export function networksOf(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean)
}

/** What was typed into a field for a whole number: undefined for nothing, null for what is none. */
export function wholeNumber(text: string): number | undefined | null {
  const trimmed = text.trim()
  if (trimmed === '') return undefined
  return /^[1-9]\d{0,8}$/.test(trimmed) ? Number(trimmed) : null
}

export type Trial = { kind: 'post' | 'read' | 'check' | 'org'; command: string; isForAnyOrg: boolean }

/** Lines for a terminal that use the new key at once. None: it can do nothing that is safe to try. */
export function trialOf(key: NewKey, place: Place, base: string): Trial | undefined {
  const org = place === 'platform' ? 'ORG' : place.org
  const url = `${base}/v1/orgs/${org}`
  const get = (path: string) => `curl ${quote(url + path)} \\\n  ${authorization('ANNALS_API_KEY')}`
  const trial = (kind: Trial['kind'], line: string) => ({
    kind,
    command: `export ANNALS_API_KEY=${quote(key.key)}\n${line}`,
    isForAnyOrg: place === 'platform',
  })
  const can = (scope: Scope) => key.scopes.includes(scope)
  if (can('events:write')) return trial('post', curlWithBody(`${url}/events`, firstEvent))
  if (can('events:read')) return trial('read', get('/events?limit=10'))
  if (can('events:verify')) return trial('check', get('/log/checkpoint'))
  if (can('org:read') || can('orgs:read')) return trial('org', get(''))
  return undefined
}

const firstEvent = {
  action: 'user.logged_in',
  actor: { type: 'user', id: 'u_1', name: 'Ada Byron' },
}
