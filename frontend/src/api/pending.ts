import type { components as Known, paths as KnownPaths } from './schema'

/** Answers of the service that are agreed but not generated yet; goes when schema.d.ts has them. */
type Schemas = Known['schemas']

type EventType = Omit<Schemas['EventType'], 'ocsf' | 'ecs'> & {
  ocsf?: Schemas['Ocsf'] | null
  ecs?: Schemas['Ecs'] | null
  deprecated: boolean
  built_in: boolean
  version: number
  parameters_schema?: unknown
}

type Observed = { events: number; first_seen: string; last_seen: string }

type OrganizationEventType = Partial<EventType> & {
  action: string
  known: boolean
  observed?: Observed | null
}

type UnknownActions = 'allow' | 'flag' | 'reject'

type OrganizationView = Schemas['OrganizationView'] & { unknown_actions: UnknownActions; version: number }

type OrganizationChange = {
  name?: string
  packs?: string[]
  unknown_actions?: UnknownActions
  version: number
}

export interface components {
  schemas: Omit<Schemas, 'EventType' | 'OrganizationView'> & {
    EventType: EventType
    Observed: Observed
    OrganizationEventType: OrganizationEventType
    OrganizationEventTypeList: { data: OrganizationEventType[]; as_of: number }
    OrganizationView: OrganizationView
    OrganizationChange: OrganizationChange
    UnknownActions: UnknownActions
  }
}

type Answers<T> = { headers: { [name: string]: unknown }; content: { 'application/json': T } }
type OrgPath = { path: { org: string } }
type Query = { pack?: string; category?: string; observed?: boolean }

export type paths = Omit<KnownPaths, '/v1/event-types' | '/v1/orgs/{org}'> & {
  '/v1/event-types': {
    get: {
      parameters: { query?: { pack?: string } }
      responses: { 200: Answers<{ data: EventType[] }> }
    }
  }
  '/v1/orgs/{org}': {
    get: { parameters: OrgPath; responses: { 200: Answers<OrganizationView> } }
    patch: {
      parameters: OrgPath
      requestBody: { content: { 'application/json': OrganizationChange } }
      responses: { 200: Answers<OrganizationView> }
    }
  }
  '/v1/orgs/{org}/event-types': {
    get: {
      parameters: OrgPath & { query?: Query }
      responses: { 200: Answers<components['schemas']['OrganizationEventTypeList']> }
    }
  }
}
