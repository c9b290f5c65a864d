import type { components as Known, paths as KnownPaths } from './schema'

/** Answers of the service that are agreed but not generated yet; goes when schema.d.ts has them. */
type Schemas = Known['schemas']
type Observed = { events: number; first_seen: string; last_seen: string }
type OrganizationEventType = Partial<Schemas['EventType']> & {
  action: string
  known: boolean
  observed?: Observed | null
}
type List = { data: OrganizationEventType[]; as_of: number }

export interface components {
  schemas: Schemas & { Observed: Observed; OrganizationEventType: OrganizationEventType }
}

export type paths = KnownPaths & {
  '/v1/orgs/{org}/event-types': {
    get: {
      parameters: { path: { org: string }; query?: { pack?: string; category?: string; observed?: boolean } }
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': List } } }
    }
  }
}
