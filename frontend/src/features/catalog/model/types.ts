import type { components } from '../../../api/schema'

type Schemas = components['schemas']

type Known = Schemas['KnownAction']

/** An action of the organization, described by an event type or only seen in its log. */
export type Entry = Pick<Known, 'action' | 'observed'> & Partial<Schemas['EventType']> & { known: boolean }
export type EventType = Schemas['EventType']
export type Version = Schemas['EventTypeVersion']
export type Organization = Schemas['OrganizationView']
export type UnknownActions = Schemas['UnknownActions']
