import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, unwrap } from '../../api/client'
import type { components } from '../../api/schema'

export type Summary = components['schemas']['OrganizationSummary']
export type Plan = components['schemas']['Plan']

/** All organizations with this part in their names, page by page. */
export function organizationsQuery(part: string) {
  return infiniteQueryOptions({
    queryKey: ['organizations', part] as const,
    queryFn: ({ signal, pageParam }) => {
      const query = { ...(part && { q: part }), ...(pageParam && { cursor: pageParam }) }
      return unwrap(api.GET('/v1/orgs', { params: { query }, signal }))
    },
    initialPageParam: '',
    getNextPageParam: (last) => last.page.next_cursor ?? undefined,
    staleTime: 0,
  })
}

export function plansQuery() {
  return queryOptions({
    queryKey: ['plans'] as const,
    queryFn: ({ signal }) => unwrap(api.GET('/v1/plans', { signal })),
  })
}

export function organizationQuery(org: string) {
  return queryOptions({
    queryKey: ['organization', org, 'managed'] as const,
    queryFn: ({ signal }) => unwrap(api.GET('/v1/orgs/{org}', { params: { path: { org } }, signal })),
    staleTime: 0,
  })
}

export function createOrganization(body: components['schemas']['NewOrganizationInput']) {
  return unwrap(api.POST('/v1/orgs', { body }))
}

/** A link that makes whoever opens it the first admin; the one before dies. */
export function makeClaimLink(org: string) {
  return unwrap(api.POST('/v1/orgs/{org}/claim-link', { params: { path: { org } } }))
}

export function changePlan(org: string, plan: string, version: number) {
  return unwrap(api.PATCH('/v1/orgs/{org}', { params: { path: { org } }, body: { plan, version } }))
}

export function suspend(org: string, reason: string) {
  return unwrap(api.POST('/v1/orgs/{org}/suspend', { params: { path: { org } }, body: { reason } }))
}

export function resume(org: string) {
  return unwrap(api.POST('/v1/orgs/{org}/resume', { params: { path: { org } } }))
}
