import { describe, expect, it } from 'vitest'
import { curlWithBody } from '../../../api/curl'
import { definitionDraft, exampleEvent, exampleParameters, exampleValues } from './example'
import { catalogMarkdown } from './markdown'
import { isClosed, schemaRows } from './schema'
import { type Outcome, parseSentence, previewSentence, slotsOf } from './sentence'
import { ecsText, ocsfText } from './taxonomy'
import type { Entry, Version } from './types'
import { changedMembers } from './versions'

const template =
  '{actor} changed the role of {target|a user} from {changes.role.old|one role} to {changes.role.new|another}'

const schema: unknown = {
  type: 'object',
  required: ['amount'],
  additionalProperties: false,
  properties: {
    amount: { type: 'number', minimum: 5, description: 'In euros.' },
    method: { enum: ['card', 'transfer'] },
    payer: { $ref: '#/$defs/person' },
    lines: { type: 'array', items: { type: 'object', properties: { sku: { type: 'string' } } } },
    note: { type: ['string', 'null'], maxLength: 80 },
  },
  $defs: {
    person: { type: 'object', required: ['id'], properties: { id: { type: 'string', format: 'uuid' } } },
  },
}

function entryOf(change: Partial<Entry> = {}): Entry {
  return { action: 'user.role_changed', known: true, label: 'Role changed', sentence: template, ...change }
}

function told(values: Record<string, string>, outcome: Outcome = 'success'): string {
  return previewSentence(template, values, outcome)
    .map((piece) => piece.text)
    .join('')
}

describe('sentences', () => {
  it('are text and places, each place once', () => {
    expect(parseSentence('{actor} left {workspace|} now')).toEqual([
      { slot: 'actor', fallback: undefined },
      { text: ' left ' },
      { slot: 'workspace', fallback: '' },
      { text: ' now' },
    ])
    expect(slotsOf('{actor} and {target|x} and {target|y}')).toEqual([
      { slot: 'actor', fallback: undefined },
      { slot: 'target', fallback: 'x' },
    ])
  })

  it('take the values, and fallbacks where there is none', () => {
    expect(
      told({ actor: 'Ada', target: 'Bob', 'changes.role.old': 'viewer', 'changes.role.new': 'admin' }),
    ).toBe('Ada changed the role of Bob from viewer to admin')
    expect(told({ actor: 'Ada', target: '' })).toBe('Ada changed the role of a user from one role to another')
  })

  it('say when the act did not happen, and cut what is long', () => {
    expect(told({ actor: 'Ada' }, 'denied')).toMatch(/another \(denied\)$/)
    expect(told({ actor: 'Ada' }, 'failure')).toMatch(/another \(failed\)$/)
    expect(told({ actor: 'ä'.repeat(201) })).toMatch(/^ä{200}… changed/)
  })
})

describe('examples', () => {
  it('tell the very sentence of the preview', () => {
    const entry = entryOf()
    const values = exampleValues(entry)
    expect(told(values)).toBe('Ada Byron changed the role of Bob Stone from viewer to admin')
    expect(exampleEvent(entry, values, 'denied')).toEqual({
      action: 'user.role_changed',
      actor: { type: 'user', id: 'u_1', name: 'Ada Byron' },
      targets: [{ type: 'user', id: 'user_1', name: 'Bob Stone' }],
      changes: [{ field: 'role', old: 'viewer', new: 'admin' }],
      outcome: 'denied',
    })
  })

  it('leave out what is empty', () => {
    expect(exampleEvent(entryOf(), { actor: '', target: '' }, 'success')).toEqual({
      action: 'user.role_changed',
      actor: { type: 'user', id: 'u_1' },
      outcome: 'success',
    })
  })

  it('name things after the words that stand in for them', () => {
    const target = (fallback: string) => exampleValues(entryOf({ sentence: `{target|${fallback}}` })).target
    expect(target('a case table')).toBe('Example case table')
    expect(target('new')).toBe('Example')
    expect(target('a team member')).toBe('Bob Stone')
  })

  it('fit the schema, and keep its types when edited', () => {
    expect(exampleParameters(schema)).toEqual({
      amount: 5,
      method: 'card',
      payer: { id: '0199f3c2-7a10-7c3e-9b1d-2f4a5c6d7e8f' },
      lines: [{ sku: 'example' }],
      note: 'example',
    })
    const entry = entryOf({
      sentence: '{actor} paid {parameters.amount|some}',
      parameters_schema: schema as NonNullable<Entry['parameters_schema']>,
    })
    expect(exampleValues(entry)).toMatchObject({ 'parameters.amount': '5' })
    expect(exampleEvent(entry, { 'parameters.amount': '12.5' }, 'success')).toMatchObject({
      parameters: { amount: 12.5, method: 'card' },
    })
    expect(exampleEvent(entry, { 'parameters.amount': 'a lot' }, 'success')).toMatchObject({
      parameters: { amount: 'a lot' },
    })
  })

  it('become lines that a shell takes as they are', () => {
    const line = curlWithBody('https://annals.example/v1', { name: "O'Brien $HOME" })
    expect(line).toContain(String.raw`-d '{ "name": "O'\''Brien $HOME" }'`)
    const put = curlWithBody('https://annals.example/v1', {}, { method: 'PUT', secret: 'ACCESS_TOKEN' })
    expect(put).toMatch(/^curl -X PUT 'https/)
    expect(put).toContain('Bearer $ACCESS_TOKEN"')
  })

  it('offer the beginning of a definition', () => {
    expect(definitionDraft('quarterly_report.downloaded')).toMatchObject({
      label: 'Quarterly report downloaded',
      sentence: '{actor} downloaded {target|something}',
    })
  })
})

describe('schemas', () => {
  it('are rows, members of members after them', () => {
    expect(schemaRows(schema).map((row) => [row.name, row.type, row.isRequired])).toEqual([
      ['amount', 'number', true],
      ['method', '"card" | "transfer"', false],
      ['payer', 'object', false],
      ['payer.id', 'string (uuid)', true],
      ['lines', 'object[]', false],
      ['lines[].sku', 'string', false],
      ['note', 'string | null', false],
    ])
    expect(schemaRows(schema)[0]).toMatchObject({ description: 'In euros.', limits: ['minimum 5'] })
    expect(isClosed(schema)).toBe(true)
  })

  it('may refer to themselves, or say nothing', () => {
    const loop = { properties: { child: { $ref: '#' } } }
    expect(schemaRows(loop).length).toBeLessThan(10)
    expect(Object.keys(exampleParameters(loop))).toEqual(['child'])
    expect(schemaRows(true)).toEqual([])
    expect(isClosed({})).toBe(false)
  })
})

describe('standards', () => {
  it('are named where the name is known', () => {
    expect(ocsfText({ class_uid: 3001, activity_id: 1, type_uid: 300101 })).toBe(
      'Account Change (3001) · Create (1)',
    )
    expect(ocsfText({ class_uid: 9999, activity_id: 4, type_uid: 999904 })).toBe('9999 · 4')
    expect(ecsText({ category: ['iam'], type: ['user', 'creation'] })).toBe('iam · user, creation')
    expect(ocsfText(undefined)).toBeUndefined()
  })
})

describe('Markdown', () => {
  it('has a table for each category, and text cannot leave its cell', () => {
    const text = catalogMarkdown('Event catalog', [
      entryOf({ pack: 'blink', category: 'Users', description: 'a | b\nc', deprecated: true }),
      {
        action: 'coffee.brewed',
        known: false,
        observed: { events: 2, first_seen: 'x', last_seen: '2026-11-02T08:00:00Z' },
      },
    ])
    expect(text).toContain('# Event catalog\n')
    expect(text).toContain('## Blink: Users\n')
    expect(text).toContain('| Role changed (deprecated) | `user.role_changed` |  | a \\| b c | 0 |  |')
    expect(text).toContain('## Not in the catalog\n')
    expect(text).toContain('| coffee.brewed | `coffee.brewed` |  |  | 2 | 2026-11-02T08:00:00Z |')
  })
})

describe('versions', () => {
  const version = (number: number, change: Partial<Version['definition']>): Version => ({
    version: number,
    created_at: '2026-11-02T08:00:00Z',
    actor: { type: 'user', id: 'u_9' },
    definition: {
      label: 'Paid',
      category: 'Billing',
      activity_type: 'user_action',
      deprecated: false,
      ...change,
    },
  })

  it('differ in what they say', () => {
    expect(
      changedMembers(version(2, { label: 'Was paid', sentence: '{actor} paid' }), version(1, {})),
    ).toEqual(['label', 'sentence'])
    expect(changedMembers(version(2, {}), version(1, { ecs: { category: [], type: [] } }))).toEqual(['ECS'])
    expect(changedMembers(version(2, {}), version(1, {}))).toEqual([])
  })
})
