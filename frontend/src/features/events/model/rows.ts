import { dayKey, formatDay } from '../../../i18n/time'
import type { AuditEvent } from './types'

export type Row =
  | { kind: 'day'; id: string; label: string }
  | { kind: 'event'; id: string; event: AuditEvent }

/** The events as they come, with a heading before each new day of the local zone. */
export function rowsOf(events: readonly AuditEvent[]): Row[] {
  const rows: Row[] = []
  let day: string | undefined
  for (const event of events) {
    const key = dayKey(event.occurred_at)
    if (key !== day) rows.push({ kind: 'day', id: `day-${key}`, label: formatDay(event.occurred_at) })
    day = key
    rows.push({ kind: 'event', id: event.id, event })
  }
  return rows
}

const placesOfRows = new WeakMap<readonly Row[], Map<string, number>>()

function placesOf(rows: readonly Row[]): Map<string, number> {
  const known = placesOfRows.get(rows)
  if (known) return known
  const places = new Map<string, number>()
  for (const [index, row] of rows.entries()) if (row.kind === 'event') places.set(row.id, index)
  placesOfRows.set(rows, places)
  return places
}

export function indexOfEvent(rows: readonly Row[], id: string | undefined): number {
  return id === undefined ? -1 : (placesOf(rows).get(id) ?? -1)
}

/** The next row that is an event, `step` rows on or back; stays where it is at either end. */
export function moveTo(rows: readonly Row[], from: number, step: number): number {
  const direction = step < 0 ? -1 : 1
  const wanted = Math.min(rows.length - 1, Math.max(0, from + step))
  for (let index = wanted; index >= 0 && index < rows.length; index += direction) {
    if (rows[index]?.kind === 'event') return index
  }
  for (let index = wanted; index >= 0 && index < rows.length; index -= direction) {
    if (rows[index]?.kind === 'event') return index
  }
  return from
}
