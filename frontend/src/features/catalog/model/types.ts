import type { components } from '../../../api/pending'

type Schemas = components['schemas']

export type Entry = Schemas['OrganizationEventType']
export type EventType = Schemas['EventType']
export type Version = Schemas['EventTypeVersion']
export type Organization = Schemas['OrganizationView']
export type UnknownActions = Schemas['UnknownActions']
