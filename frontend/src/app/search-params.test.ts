import { describe, expect, it } from 'vitest'
import {
  joinActions,
  parseSearch,
  safeNext,
  splitActions,
  stringifySearch,
  validateCatalogSearch,
  validateEventsSearch,
  validateLoginSearch,
} from './search-params'

describe('events search', () => {
  it('goes to the URL and back unchanged', () => {
    const search = validateEventsSearch({
      action: 'user.logged_in,case.created',
      actor: 'ada+x@example.com & co',
      since: '-24h',
      cols: 'pocketsoc',
      event: '0199f3c2-39b7-7d15-8cb2-0fc6bd4963f7',
      tab: 'json',
    })
    expect(validateEventsSearch(parseSearch(stringifySearch(search)))).toEqual(search)
  })

  it('reads like something a person wrote', () => {
    expect(stringifySearch({ action: 'a.b,c.d', since: '-7d', event: undefined })).toBe(
      '?action=a.b,c.d&since=-7d',
    )
    expect(stringifySearch({})).toBe('')
  })

  it('drops what it does not know', () => {
    expect(validateEventsSearch({ cols: 'excel', tab: 'x', action: '', other: '1' })).toEqual({})
  })

  it('keeps a text of digits a text', () => {
    expect(validateEventsSearch(parseSearch('?actor=007'))).toEqual({ actor: '007' })
  })
})

describe('actions', () => {
  it('split and join', () => {
    expect(splitActions(' a.b, c.d,,a.b')).toEqual(['a.b', 'c.d'])
    expect(splitActions(undefined)).toEqual([])
    expect(joinActions([])).toBeUndefined()
    expect(joinActions(['a.b', 'c.d'])).toBe('a.b,c.d')
  })
})

describe('safeNext', () => {
  const origin = 'https://annals.example'

  it.each([
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '\t//evil.example',
    '/.//evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
    'https://',
    '/login?next=/',
    'login',
    undefined,
  ])('refuses %j', (next) => expect(safeNext(next, origin)).toBe('/'))

  it('takes a page of ours', () => {
    expect(safeNext('/o/acme/events?since=-7d#x', origin)).toBe('/o/acme/events?since=-7d#x')
    expect(safeNext(`${origin}/o/acme/events`, origin)).toBe('/o/acme/events')
    expect(validateLoginSearch({ next: '/o/a/events', ended: '1' })).toEqual({
      next: '/o/a/events',
      ended: '1',
    })
  })
})

describe('catalog search', () => {
  it('goes to the URL and back unchanged', () => {
    const search = validateCatalogSearch({
      q: 'role & co',
      pack: 'blink',
      category: 'Tenant User Management',
      show: 'seen',
      type: 'user.invited',
      panel: 'settings',
    })
    expect(validateCatalogSearch(parseSearch(stringifySearch(search)))).toEqual(search)
  })

  it('drops what it does not know', () => {
    expect(validateCatalogSearch({ show: 'everything', panel: 'x', q: '  ', other: 1 })).toEqual({})
  })
})
