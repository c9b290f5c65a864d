import { queryOptions } from '@tanstack/react-query'
import { api, unwrap } from '../../api/client'
import type { components } from '../../api/schema'

/** The organization's event types with what its log holds of each. Counts are of the moment, so never older than asked. */
export function catalogQuery(org: string) {
  return queryOptions({
    queryKey: ['catalog', org] as const,
    queryFn: ({ signal }) =>
      unwrap(api.GET('/v1/orgs/{org}/event-types', { params: { path: { org } }, signal })),
    staleTime: 0,
  })
}

/** Every event type of every pack: what an organization could have. */
export function eventTypesQuery() {
  return queryOptions({
    queryKey: ['event-types'] as const,
    queryFn: ({ signal }) => unwrap(api.GET('/v1/event-types', { signal })),
  })
}

/** What a custom event type said from change to change. */
export function versionsQuery(pack: string, action: string, version: number) {
  const call = { params: { path: { pack, action } } }
  return queryOptions({
    queryKey: ['event-type-versions', pack, action, version] as const,
    queryFn: ({ signal }) => unwrap(api.GET('/v1/event-types/{pack}/{action}/versions', { ...call, signal })),
  })
}

export function saveOrganization(org: string, change: components['schemas']['OrganizationInput']) {
  return unwrap(api.PATCH('/v1/orgs/{org}', { params: { path: { org } }, body: change }))
}
