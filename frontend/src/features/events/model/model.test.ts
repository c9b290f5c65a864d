import { describe, expect, it } from 'vitest'
import { activityTypeName, columnsOf, defaultPreset } from './columns'
import { otherFields, safeHref, whoWhatWhereWhen } from './details'
import { groupByCategory, labelOfAction, typesOfPacks } from './event-types'
import { curlFor, curlForFirstEvent, filtersOf, hasFilters } from './filters'
import { compactParameters, formatValue } from './parameters'
import { actionName, doneBy, isMachine } from './people'
import { indexOfEvent, moveTo, rowsOf } from './rows'
import type { AuditEvent, EventType } from './types'

function eventOf(change: Partial<AuditEvent> = {}): AuditEvent {
  return {
    v: 1,
    id: 'e1',
    organization: 'acme',
    sequence: 1,
    occurred_at: '2026-11-02T10:15:30.123456Z',
    received_at: '2026-11-02T10:15:30.201882Z',
    action: 'user.role_changed',
    actor: { type: 'user', id: 'u_9' },
    outcome: 'success',
    severity: 'informational',
    source: 'billing-api',
    leaf_hash: 'aGFzaA==',
    ...change,
  }
}

function typeOf(pack: string, action: string, category: string, label: string): EventType {
  return { pack, action, category, label, activity_type: 'user_action', description: '' } as EventType
}

describe('done by', () => {
  it('is the e-mail, else the name, else the id', () => {
    expect(doneBy({ type: 'user', id: 'u', name: 'Ada', email: 'ada@x.y' })).toBe('ada@x.y')
    expect(doneBy({ type: 'user', id: 'u', name: 'Ada' })).toBe('Ada')
    expect(doneBy({ type: 'system', id: 'cron' })).toBe('cron')
  })

  it('knows machines, and names an action without a label by itself', () => {
    expect(isMachine({ type: 'system', id: 'cron' })).toBe(true)
    expect(actionName(eventOf())).toBe('user.role_changed')
    expect(actionName(eventOf({ label: 'User role changed' }))).toBe('User role changed')
  })
})

describe('event types', () => {
  const types = [
    typeOf('annals', 'annals.key_made', 'Annals', 'Key made'),
    typeOf('blink', 'user.joined', 'Users', 'User joined'),
    typeOf('pocketsoc', 'user.joined', 'Team', 'Member joined'),
    typeOf('blink', 'user.invited', 'Users', 'User invited'),
  ]

  it('are those of the packs, the first pack with an action wins, the own ones last', () => {
    const chosen = typesOfPacks(types, ['pocketsoc', 'blink'])
    expect(chosen.map((type) => `${type.pack}/${type.action}`)).toEqual([
      'pocketsoc/user.joined',
      'blink/user.invited',
      'annals/annals.key_made',
    ])
    expect(typesOfPacks(types, undefined)).toHaveLength(3)
  })

  it('are grouped by category and sorted by label', () => {
    const groups = groupByCategory(typesOfPacks(types, ['blink']))
    expect(groups.map((group) => [group.category, group.types.map((type) => type.label)])).toEqual([
      ['Users', ['User invited', 'User joined']],
      ['Annals', ['Key made']],
    ])
    expect(labelOfAction(types, 'user.joined')).toBe('User joined')
    expect(labelOfAction(types, 'x.y')).toBe('x.y')
  })
})

describe('parameters', () => {
  it('are short text', () => {
    expect(compactParameters({ role: 'admin', ids: [1, 2], on: false, none: null })).toEqual([
      { key: 'role', value: 'admin' },
      { key: 'ids', value: '[1,2]' },
      { key: 'on', value: 'false' },
      { key: 'none', value: 'null' },
    ])
    expect(compactParameters(undefined)).toEqual([])
    expect(formatValue({ a: 1 })).toBe('{"a":1}')
  })
})

describe('filters', () => {
  it('leave the look of the page out', () => {
    const filters = filtersOf({
      action: 'a.b,c.d',
      actor: 'ada',
      since: '-7d',
      cols: 'blink',
      event: 'x',
      tab: 'json',
    })
    expect(filters).toEqual({ action: 'a.b,c.d', actor: 'ada', since: '-7d' })
    expect(hasFilters(filtersOf({ event: 'x' }))).toBe(false)
  })

  it('become curl that a shell cannot misread', () => {
    const line = curlFor('https://annals.example/v1/orgs/acme/events', { actor: "o'brien; rm -rf $HOME" })
    expect(line).toContain("curl --get 'https://annals.example/v1/orgs/acme/events'")
    expect(line).toContain(String.raw`--data-urlencode 'actor=o'\''brien; rm -rf $HOME'`)
    expect(line).toContain('$ANNALS_READ_KEY')
    expect(curlForFirstEvent('https://annals.example/v1/orgs/acme/events').split('\n')).toHaveLength(4)
    expect(curlForFirstEvent('https://annals.example/x')).not.toContain('--json')
  })
})

describe('rows', () => {
  const events = [
    eventOf({ id: 'c', occurred_at: '2026-11-03T01:00:00Z' }),
    eventOf({ id: 'b', occurred_at: '2026-11-02T23:00:00Z' }),
    eventOf({ id: 'a', occurred_at: '2026-11-02T22:00:00Z' }),
  ]
  const rows = rowsOf(events)

  it('have a heading for each day', () => {
    expect(rows.map((row) => row.kind)).toEqual(['day', 'event', 'day', 'event', 'event'])
    expect(indexOfEvent(rows, 'a')).toBe(4)
    expect(indexOfEvent(rows, undefined)).toBe(-1)
  })

  it('are walked without stopping at headings', () => {
    expect(moveTo(rows, -1, 1)).toBe(1)
    expect(moveTo(rows, 1, 1)).toBe(3)
    expect(moveTo(rows, 3, -1)).toBe(1)
    expect(moveTo(rows, 1, -1)).toBe(1)
    expect(moveTo(rows, 4, 1)).toBe(4)
    expect(moveTo(rows, 4, Number.NEGATIVE_INFINITY)).toBe(1)
    expect(moveTo(rows, 1, Number.POSITIVE_INFINITY)).toBe(4)
    expect(moveTo([], -1, 1)).toBe(-1)
  })
})

describe('columns', () => {
  it('are those of the pack', () => {
    expect(columnsOf('blink').map((column) => column.title)).toEqual([
      'Category',
      'Action',
      'Parameters',
      'Details',
      'Workspace',
      'Done by',
      'Date and Time',
    ])
    expect(columnsOf('pocketsoc').map((column) => column.title)).toEqual([
      'Date and Time',
      'Event type',
      'User',
      'Details',
    ])
    expect(defaultPreset({ packs: ['pocketsoc', 'blink'] })).toBe('pocketsoc')
    expect(defaultPreset({ packs: ['blink'] })).toBe('blink')
    expect(defaultPreset(undefined)).toBe('blink')
    expect(activityTypeName(eventOf({ activity_type: 'setting_update' }))).toBe('Setting updates')
    expect(activityTypeName(eventOf())).toBeUndefined()
  })
})

describe('details', () => {
  it('list what the event has and nothing else', () => {
    const sections = whoWhatWhereWhen(eventOf())
    expect(sections.map((section) => section.id)).toEqual(['who', 'what', 'when'])
    expect(otherFields(eventOf())).toEqual({})
    expect(otherFields({ ...eventOf(), redacted: ['/actor/email'] } as AuditEvent)).toEqual({
      redacted: ['/actor/email'],
    })
  })

  it('link only to the web', () => {
    expect(safeHref('https://app.example.com/x')).toBe('https://app.example.com/x')
    for (const href of [
      'javascript:alert(1)',
      ' JavaScript:alert(1)',
      'data:text/html,x',
      '/relative',
      7,
      undefined,
    ]) {
      expect(safeHref(href)).toBeUndefined()
    }
  })
})
