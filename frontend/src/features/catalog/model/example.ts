import { isObject, resolve } from './schema'
import { type Outcome, slotsOf } from './sentence'
import type { Entry } from './types'

export type Values = Readonly<Record<string, string>>

/** People the examples are about; the same as in the demo's guide. */
const actorName = 'Ada Byron'
const personName = 'Bob Stone'

const words: Record<string, string> = {
  workspace: 'Production',
  'parameters.role': 'admin',
  'parameters.format': 'CSV',
  'parameters.group': 'Security',
  'parameters.table': 'Customers',
  'parameters.requester': personName,
  'parameters.shared_with': 'partner@example.com',
  'parameters.escalated_to': 'Tier 2',
  'parameters.identity_provider': 'Okta',
  'parameters.response_action': 'Isolate host',
  'parameters.saml_group': 'security-team',
  'changes.role.old': 'viewer',
  'changes.role.new': 'admin',
  'changes.name.old': 'Old name',
  'changes.name.new': 'New name',
  'changes.group.new': 'Security',
  'changes.plan.new': 'Enterprise',
  'changes.time_format.new': '24-hour',
  'changes.date_format.new': 'YYYY-MM-DD',
  'changes.auto_upgrade.new': 'on',
  'changes.default_runner.new': 'eu-runner-1',
}

const nounWords = /^(an?|the|new|selected)\s+|\b(new|selected)$/gi

/** "a case table" makes "Example case table"; people get a name. */
function exampleTarget(fallback: string): string {
  if (/\b(user|member|person)\b/.test(fallback)) return personName
  return ['Example', fallback.replace(nounWords, '').trim()].filter(Boolean).join(' ')
}

function exampleWord(slot: string, fallback: string | undefined, schema: unknown): string {
  if (slot === 'actor') return actorName
  if (slot === 'target') return exampleTarget(fallback ?? '')
  const [kind, key = '', side] = slot.split('.')
  if (kind === 'parameters') {
    const given = exampleParameters(schema)[key]
    if (typeof given === 'string' || typeof given === 'number' || typeof given === 'boolean')
      return String(given)
  }
  return words[slot] ?? (side === 'old' ? 'before' : side === 'new' ? 'after' : 'example')
}

/** Something for each place of the sentence, to begin with. */
export function exampleValues(entry: Entry): Values {
  return Object.fromEntries(
    slotsOf(entry.sentence ?? '{actor}').map(({ slot, fallback }) => [
      slot,
      exampleWord(slot, fallback, entry.parameters_schema),
    ]),
  )
}

const ofFormat: Record<string, string> = {
  'date-time': '2026-11-02T10:15:30Z',
  date: '2026-11-02',
  email: 'ada@example.com',
  uri: 'https://example.com/',
  uuid: '0199f3c2-7a10-7c3e-9b1d-2f4a5c6d7e8f',
  ipv4: '203.0.113.7',
}

function exampleOf(schema: unknown, root: unknown, depth: number): unknown {
  const rule = resolve(schema, root)
  if (Array.isArray(rule.examples) && rule.examples.length > 0) return rule.examples[0]
  if ('default' in rule) return rule.default
  if ('const' in rule) return rule.const
  if (Array.isArray(rule.enum)) return rule.enum[0]
  const choice = rule.oneOf ?? rule.anyOf
  if (Array.isArray(choice) && depth < 6) return exampleOf(choice[0], root, depth + 1)
  const type = Array.isArray(rule.type) ? rule.type[0] : rule.type
  if (type === 'object' || isObject(rule.properties)) return exampleObject(rule, root, depth)
  if (type === 'array') return depth < 6 && rule.items ? [exampleOf(rule.items, root, depth + 1)] : []
  if (type === 'integer' || type === 'number') return Math.max(1, Number(rule.minimum ?? 1))
  if (type === 'boolean') return true
  if (type === 'null') return null
  return ofFormat[String(rule.format)] ?? 'example'
}

function exampleObject(rule: Record<string, unknown>, root: unknown, depth: number): Record<string, unknown> {
  if (!isObject(rule.properties) || depth >= 6) return {}
  return Object.fromEntries(
    Object.entries(rule.properties).map(([key, value]) => [key, exampleOf(value, root, depth + 1)]),
  )
}

/** Parameters in the form of the schema: its own examples where it gives some. */
export function exampleParameters(schema: unknown): Record<string, unknown> {
  return schema === undefined || schema === null ? {} : exampleObject(resolve(schema, schema), schema, 0)
}

/** Keeps numbers and switches what they are, where the schema wants them so. */
function typed(value: string, like: unknown): unknown {
  if (typeof like === 'number' && value.trim() !== '' && Number.isFinite(Number(value))) return Number(value)
  if (typeof like === 'boolean' && /^(true|false)$/.test(value)) return value === 'true'
  return value
}

function slotObject(values: Values, prefix: string): [string, string][] {
  return Object.entries(values).flatMap(([slot, value]) =>
    slot.startsWith(prefix) && value !== '' ? [[slot.slice(prefix.length), value] as [string, string]] : [],
  )
}

function changesOf(values: Values): { field: string; old: string | null; new: string | null }[] {
  const given = Object.fromEntries(slotObject(values, 'changes.'))
  const fields = [...new Set(Object.keys(given).map((path) => path.slice(0, path.lastIndexOf('.'))))]
  return fields.map((field) => ({
    field,
    old: given[`${field}.old`] ?? null,
    new: given[`${field}.new`] ?? null,
  }))
}

/** An event that tells exactly this sentence, as it would be posted. */
export function exampleEvent(entry: Entry, values: Values, outcome: Outcome): Record<string, unknown> {
  const kind = entry.action.split('.').at(-2) ?? 'thing'
  const fromSchema = exampleParameters(entry.parameters_schema)
  const told = slotObject(values, 'parameters.').map(([key, value]) => [key, typed(value, fromSchema[key])])
  const parameters = { ...fromSchema, ...Object.fromEntries(told) }
  const changes = changesOf(values)
  const { actor, target, workspace } = values
  return {
    action: entry.action,
    actor: { type: 'user', id: 'u_1', ...(actor && { name: actor }) },
    ...(target && { targets: [{ type: kind, id: `${kind}_1`, name: target }] }),
    ...(workspace && { workspace: { id: 'ws_1', name: workspace } }),
    ...(Object.keys(parameters).length > 0 && { parameters }),
    ...(changes.length > 0 && { changes }),
    outcome,
  }
}

/** What a definition of an unknown action could begin with: `report.downloaded` is a "Report downloaded". */
export function definitionDraft(action: string): Record<string, string> {
  const text = action.replaceAll(/[._-]+/g, ' ').trim()
  const [verb = ''] = action.split('.').slice(-1)
  return {
    label: text.charAt(0).toUpperCase() + text.slice(1),
    category: 'My category',
    activity_type: 'user_action',
    sentence: `{actor} ${verb.replaceAll(/[_-]+/g, ' ')} {target|something}`,
  }
}
