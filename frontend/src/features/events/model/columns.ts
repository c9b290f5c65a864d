import type { Preset } from '../../../app/search-params'
import { eventsText } from '../../../i18n/events'
import type { AuditEvent, Organization } from './types'

export type ColumnId = 'category' | 'action' | 'parameters' | 'details' | 'workspace' | 'doneBy' | 'dateTime'
export type Column = { id: ColumnId; title: string }

const names = eventsText.columns

const columnsOfPreset: Record<Preset, readonly Column[]> = {
  blink: [
    { id: 'category', title: names.category },
    { id: 'action', title: names.action },
    { id: 'parameters', title: names.parameters },
    { id: 'details', title: names.details },
    { id: 'workspace', title: names.workspace },
    { id: 'doneBy', title: names.doneBy },
    { id: 'dateTime', title: names.dateTime },
  ],
  pocketsoc: [
    { id: 'dateTime', title: names.dateTime },
    { id: 'action', title: names.eventType },
    { id: 'doneBy', title: names.user },
    { id: 'details', title: names.details },
  ],
}

export function columnsOf(preset: Preset): readonly Column[] {
  return columnsOfPreset[preset]
}

/** An organization of PocketSOC starts with PocketSOC's columns, every other one with Blink's. */
export function defaultPreset(organization: Pick<Organization, 'packs'> | undefined): Preset {
  return organization?.packs[0] === 'pocketsoc' ? 'pocketsoc' : 'blink'
}

export function activityTypeName(event: AuditEvent): string | undefined {
  const id = event.activity_type
  if (!id) return undefined
  return id in eventsText.activityTypes
    ? eventsText.activityTypes[id as keyof typeof eventsText.activityTypes]
    : id
}
