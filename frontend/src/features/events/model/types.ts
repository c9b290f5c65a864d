import type { components } from '../../../api/schema'

export type AuditEvent = components['schemas']['Event']
export type EventPage = components['schemas']['EventPage']
export type EventType = components['schemas']['EventType']
export type Organization = components['schemas']['OrganizationView']
