import { describe, expect, it } from 'vitest'
import { isUnused, type NewKey, networksOf, trialOf, wholeNumber } from './keys'

const now = Date.parse('2026-11-25T12:00:00Z')
const key: NewKey = {
  id: '0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01',
  name: 'billing-api',
  source: 'billing-api',
  prefix: 'ann_sk_7Hq3Zk9B',
  last_four: 'x7Qf',
  scopes: ['events:write'],
  networks: [],
  secrets: [],
  state: 'active',
  created_at: '2026-01-01T00:00:00Z',
  version: 1,
  key: 'ann_sk_7Hq3Zk9B_secret',
}

describe('a key that nobody uses', () => {
  it.each([
    [{}, true],
    [{ last_used: { at: '2026-11-01T00:00:00Z' } }, false],
    [{ last_used: { at: '2026-08-01T00:00:00Z' } }, true],
    [{ created_at: '2026-11-01T00:00:00Z' }, false],
    [{ state: 'revoked' as const }, false],
    [{ state: 'expired' as const }, false],
  ])('%o: %s', (change, expected) => {
    expect(isUnused({ ...key, ...change }, now)).toBe(expected)
  })
})

describe('the line to try a key', () => {
  it('sends an event where the key may', () => {
    const trial = trialOf(key, { org: 'acme' }, 'https://audit.example.com')

    expect(trial?.kind).toBe('post')
    expect(trial?.command).toContain("export ANNALS_API_KEY='ann_sk_7Hq3Zk9B_secret'\n")
    expect(trial?.command).toContain("curl 'https://audit.example.com/v1/orgs/acme/events'")
  })

  it('reads where it may only read', () => {
    const trial = trialOf({ ...key, scopes: ['events:read'] }, { org: 'acme' }, '')

    expect(trial?.kind).toBe('read')
    expect(trial?.command).toContain('/v1/orgs/acme/events?limit=10')
  })

  it('tries nothing that changes settings', () => {
    expect(trialOf({ ...key, scopes: ['org:write'] }, { org: 'acme' }, '')).toBeUndefined()
  })
})

it('takes networks by line, by comma and by space', () => {
  expect(networksOf(' 10.0.0.0/8\n192.0.2.7, 2001:db8::/32\n')).toEqual([
    '10.0.0.0/8',
    '192.0.2.7',
    '2001:db8::/32',
  ])
})

it.each([
  ['', undefined],
  [' 50 ', 50],
  ['0', null],
  ['-1', null],
  ['ten', null],
])('reads "%s" as %s', (text, expected) => {
  expect(wholeNumber(text)).toBe(expected)
})
