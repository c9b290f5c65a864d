import { describe, expect, it } from 'vitest'
import {
  countByPack,
  entryName,
  filterEntries,
  groupEntries,
  packName,
  remedies,
  showCounts,
  totals,
} from './entries'
import { addablePacks, isSame, movePack, packFacts } from './settings'
import type { Entry, EventType } from './types'

const seen = { events: 3, first_seen: '2026-11-01T08:00:00Z', last_seen: '2026-11-02T08:00:00Z' }

function typeOf(pack: string, action: string, category: string, label: string): EventType {
  return {
    pack,
    action,
    category,
    label,
    activity_type: 'user_action',
    description: `${label}.`,
    sentence: '{actor} did it',
    deprecated: false,
    built_in: pack !== 'shop',
    version: 1,
  }
}

function entryOf(type: EventType, change: Partial<Entry> = {}): Entry {
  return { ...type, known: true, ...change }
}

const entries: readonly Entry[] = [
  entryOf(typeOf('blink', 'user.logged_in', 'Users', 'User logged in'), { observed: seen }),
  entryOf(typeOf('blink', 'case.viewed', 'Cases', 'Case viewed')),
  entryOf(typeOf('blink', 'case.closed', 'Cases', 'Case closed'), { observed: seen }),
  entryOf(typeOf('shop', 'invoice.faxed', 'Billing', 'Invoice faxed'), { deprecated: true }),
  { action: 'coffee.brewed', known: false, observed: seen },
  entryOf(typeOf('annals', 'annals.key_made', 'Audit log', 'Key made')),
]

const actions = (found: readonly Entry[]) => found.map((entry) => entry.action)

describe('filtering', () => {
  it('finds every word, wherever it stands', () => {
    expect(actions(filterEntries(entries, { q: 'CASE viewed' }))).toEqual(['case.viewed'])
    expect(actions(filterEntries(entries, { q: 'case blink' }))).toEqual(['case.viewed', 'case.closed'])
    expect(actions(filterEntries(entries, { q: 'coffee' }))).toEqual(['coffee.brewed'])
    expect(filterEntries(entries, { q: 'case coffee' })).toEqual([])
  })

  it('tells seen, never seen, deprecated and unknown apart', () => {
    expect(actions(filterEntries(entries, { show: 'unseen' }))).toEqual([
      'case.viewed',
      'invoice.faxed',
      'annals.key_made',
    ])
    expect(actions(filterEntries(entries, { show: 'deprecated' }))).toEqual(['invoice.faxed'])
    expect(actions(filterEntries(entries, { show: 'unknown' }))).toEqual(['coffee.brewed'])
    expect(actions(filterEntries(entries, { show: 'seen', category: 'Cases', pack: 'blink' }))).toEqual([
      'case.closed',
    ])
  })

  it('counts each choice without itself', () => {
    expect(showCounts(entries, { show: 'deprecated' })).toEqual({
      all: 6,
      seen: 3,
      unseen: 3,
      deprecated: 1,
      unknown: 1,
    })
    expect(showCounts(entries, { pack: 'blink', category: 'Cases' })).toMatchObject({ all: 2, seen: 1 })
  })

  it('keeps packs and categories in their order, also those that nothing is left of', () => {
    const packs = countByPack(entries, { show: 'seen', pack: 'blink', category: 'Users' })
    expect(packs.map(({ pack, count }) => [pack, count])).toEqual([
      ['blink', 2],
      ['shop', 0],
      ['annals', 0],
    ])
    expect(packs[0]?.categories).toEqual([
      { category: 'Cases', count: 1 },
      { category: 'Users', count: 1 },
    ])
  })

  it('says which part to leave, and what that brings', () => {
    const filter = { q: 'invoice', pack: 'blink', category: 'Cases', show: 'seen' } as const
    expect(remedies(entries, filter)).toEqual([
      { id: 'q', count: 1 },
      { id: 'show', count: 0 },
      { id: 'category', count: 0 },
    ])
    expect(remedies(entries, { q: 'invoice', pack: 'blink' })).toEqual([
      { id: 'q', count: 3 },
      { id: 'pack', count: 1 },
    ])
  })
})

describe('groups', () => {
  it('are the categories by name, pack after pack, what no pack knows last', () => {
    expect(groupEntries(entries).map((group) => [group.title, actions(group.entries)])).toEqual([
      ['Cases', ['case.closed', 'case.viewed']],
      ['Users', ['user.logged_in']],
      ['Billing', ['invoice.faxed']],
      ['Audit log', ['annals.key_made']],
      ['Not in the catalog', ['coffee.brewed']],
    ])
  })

  it('keep two packs with a category of the same name apart', () => {
    const both = [
      entryOf(typeOf('blink', 'a.b', 'Groups', 'A')),
      entryOf(typeOf('pocketsoc', 'c.d', 'Groups', 'C')),
    ]
    expect(groupEntries(both)).toHaveLength(2)
  })

  it('are summed up without the unknown', () => {
    expect(totals(entries)).toEqual({ types: 5, seen: 2, unknown: 1 })
  })
})

describe('names', () => {
  it('are the label, else the action; packs of one’s own keep theirs', () => {
    expect(entries.map(entryName)).toContain('coffee.brewed')
    expect(['blink', 'pocketsoc', 'shop'].map(packName)).toEqual(['Blink', 'PocketSOC', 'shop'])
  })
})

describe('packs', () => {
  const types = [
    typeOf('blink', 'user.invited', 'Users', 'User invited'),
    typeOf('pocketsoc', 'user.invited', 'Team', 'User invited'),
    typeOf('pocketsoc', 'user.joined', 'Team', 'User joined'),
    typeOf('annals', 'annals.key_made', 'Audit log', 'Key made'),
  ]

  it('move one place, and not beyond the ends', () => {
    expect(movePack(['a', 'b', 'c'], 'b', -1)).toEqual(['b', 'a', 'c'])
    expect(movePack(['a', 'b', 'c'], 'b', 1)).toEqual(['a', 'c', 'b'])
    expect(movePack(['a', 'b'], 'a', -1)).toEqual(['a', 'b'])
    expect(movePack(['a', 'b'], 'x', 1)).toEqual(['a', 'b'])
  })

  it('say how many types an earlier one takes from them, the own one last', () => {
    expect(packFacts(types, ['blink', 'pocketsoc'])).toEqual([
      { pack: 'blink', types: 1, hidden: 0 },
      { pack: 'pocketsoc', types: 2, hidden: 1 },
      { pack: 'annals', types: 1, hidden: 0 },
    ])
    expect(addablePacks(types, ['blink'])).toEqual(['pocketsoc'])
  })

  it('are the same only in the same order', () => {
    const draft = { packs: ['a', 'b'], unknownActions: 'flag' } as const
    expect(isSame(draft, { ...draft, packs: ['a', 'b'] })).toBe(true)
    expect(isSame(draft, { ...draft, packs: ['b', 'a'] })).toBe(false)
    expect(isSame(draft, { ...draft, unknownActions: 'reject' })).toBe(false)
  })
})
