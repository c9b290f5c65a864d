import { eventsText } from '../../../i18n/events'
import { formatLag, formatPrecise, formatUtc } from '../../../i18n/time'
import { activityTypeName } from './columns'
import type { AuditEvent } from './types'

export type Field = { label: string; value: string; isCode?: boolean; isAction?: boolean }
export type Section = { id: string; title: string; fields: Field[] }

const names = eventsText.drawer.fields
const titles = eventsText.drawer.sections

/** Members that have a place of their own in the drawer; whatever else an event brings is listed under "Other fields". */
const placed = new Set(
  `v id organization sequence occurred_at received_at action pack category activity_type label actor on_behalf_of targets
   workspace outcome severity reason details parameters changes source_sequence context source leaf_hash damaged`.split(
    /\s+/,
  ),
)

function field(label: string, value: unknown, isCode = false): Field[] {
  if (value === undefined || value === null || value === '') return []
  return [{ label, value: String(value), ...(isCode && { isCode }) }]
}

function who({ actor, on_behalf_of: other, context }: AuditEvent): Field[] {
  return [
    ...field(names.actor, actor.name || actor.email || actor.id),
    ...field(names.email, actor.email),
    ...field(names.actorId, actor.id, true),
    ...field(names.actorType, actor.type),
    ...field(names.onBehalfOf, other && (other.name || other.email || other.id)),
    ...field(names.onBehalfOfEmail, other?.email),
    ...field(names.onBehalfOfId, other?.id, true),
    ...field(names.sessionId, context?.session_id, true),
  ]
}

function what(event: AuditEvent): Field[] {
  return [
    { label: names.action, value: event.action, isCode: true, isAction: true },
    ...field(names.activityType, activityTypeName(event)),
    ...field(names.category, event.category),
    ...field(names.pack, event.pack),
    ...field(names.outcome, eventsText.outcome[event.outcome]),
    ...field(names.severity, event.severity),
    ...field(names.reason, 'reason' in event ? event.reason : undefined),
  ]
}

function where({ workspace, context }: AuditEvent): Field[] {
  return [
    ...field(names.workspace, workspace?.name),
    ...field(names.workspaceId, workspace?.id, true),
    ...field(names.ip, context?.ip, true),
    ...field(names.location, context?.location),
    ...field(names.userAgent, context?.user_agent),
  ]
}

function when(event: AuditEvent): Field[] {
  const { occurred_at: occurred, received_at: received } = event
  return [
    ...field(names.occurred, `${formatPrecise(occurred)}\n${formatUtc(occurred)}`),
    ...field(names.received, `${formatPrecise(received)}\n${formatUtc(received)}`),
    ...field(names.lag, eventsText.drawer.lag(formatLag(occurred, received))),
  ]
}

function record(event: AuditEvent): Field[] {
  return [
    ...field(names.id, event.id, true),
    ...field(names.sequence, event.sequence, true),
    ...field(names.leafHash, event.leaf_hash, true),
    ...field(names.source, event.source),
    ...field(names.sourceSequence, event.source_sequence, true),
    ...field(names.requestId, event.context?.request_id, true),
    ...field(names.correlationId, event.context?.correlation_id, true),
    ...field(names.traceparent, event.context?.traceparent, true),
    ...field(names.organization, event.organization),
    ...field(names.version, event.v),
  ]
}

export function whoWhatWhereWhen(event: AuditEvent): Section[] {
  return [
    { id: 'who', title: titles.who, fields: who(event) },
    { id: 'what', title: titles.what, fields: what(event) },
    { id: 'where', title: titles.where, fields: where(event) },
    { id: 'when', title: titles.when, fields: when(event) },
  ].filter((section) => section.fields.length > 0)
}

export function recordSection(event: AuditEvent): Section {
  return { id: 'record', title: titles.record, fields: record(event) }
}

export function otherFields(event: AuditEvent): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(event).filter(([key, value]) => !placed.has(key) && value !== null),
  )
}

/** Only the web: a link from an event must not run anything. */
export function safeHref(href: unknown): string | undefined {
  if (typeof href !== 'string') return undefined
  const url = parseUrl(href)
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? href : undefined
}

function parseUrl(href: string): URL | null {
  try {
    return new URL(href)
  } catch {
    return null
  }
}
