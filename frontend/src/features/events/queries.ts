import {
  type InfiniteData,
  infiniteQueryOptions,
  type QueryClient,
  queryOptions,
} from '@tanstack/react-query'
import { api, unwrap } from '../../api/client'
import type { Filters } from './model/filters'
import type { AuditEvent, EventPage } from './model/types'

export const pageSize = 100
const keptMs = 60_000
const catalogueStaleMs = 300_000

type Pages = InfiniteData<EventPage, string | undefined>

function fetchPage(org: string, filters: Filters, cursor?: string, signal?: AbortSignal): Promise<EventPage> {
  const query = { ...filters, limit: pageSize, ...(cursor !== undefined && { cursor }) }
  return unwrap(
    api.GET('/v1/orgs/{org}/events', { params: { path: { org }, query }, ...(signal && { signal }) }),
  )
}

/** Newest first. Rows change only when somebody asks: Refresh, other filters, or the next page. */
export function eventsQuery(org: string, filters: Filters) {
  return infiniteQueryOptions({
    queryKey: ['events', org, filters] as const,
    queryFn: ({ pageParam, signal }) => fetchPage(org, filters, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: EventPage) => last.page.next_cursor ?? undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: keptMs,
    // While other filters load, the old rows stay; those of another organization never do.
    placeholderData: (previous: Pages | undefined, query?: { queryKey: readonly unknown[] }) =>
      query?.queryKey[1] === org ? previous : undefined,
  })
}

/** The first page anew. Only when it is there do the old rows go. */
export async function refreshEvents(client: QueryClient, org: string, filters: Filters): Promise<void> {
  const { queryKey } = eventsQuery(org, filters)
  await client.cancelQueries({ queryKey })
  const page = await fetchPage(org, filters)
  client.setQueryData(queryKey, { pages: [page], pageParams: [undefined] })
}

export function eventQuery(org: string, id: string, known: AuditEvent | undefined) {
  return queryOptions({
    queryKey: ['event', org, id] as const,
    queryFn: ({ signal }) =>
      unwrap(api.GET('/v1/orgs/{org}/events/{id}', { params: { path: { org, id } }, signal })),
    staleTime: Number.POSITIVE_INFINITY,
    ...(known && { initialData: known }),
  })
}

export function organizationQuery(org: string) {
  return queryOptions({
    queryKey: ['organization', org] as const,
    queryFn: ({ signal }) => unwrap(api.GET('/v1/orgs/{org}', { params: { path: { org } }, signal })),
  })
}

export function eventTypesQuery() {
  return queryOptions({
    queryKey: ['event-types'] as const,
    queryFn: ({ signal }) => unwrap(api.GET('/v1/event-types', { signal })),
    staleTime: catalogueStaleMs,
  })
}
