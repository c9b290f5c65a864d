import { type InfiniteData, infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, unwrap } from '../../api/client'
import type { Filters } from './model/filters'
import type { AuditEvent, EventPage } from './model/types'

export const pageSize = 100
const maxPages = 100
const catalogueStaleMs = 300_000

export type FetchedPage = EventPage & { fetchedAtMs: number }
type Pages = InfiniteData<FetchedPage, string | undefined>

/** `visit` tells two readings of the same list apart: neither a refresh nor coming back shows rows of before. */
export type ListName = { org: string; filters: Filters; visit: number }

export async function fetchPage(
  { org, filters }: Omit<ListName, 'visit'>,
  cursor?: string,
  signal?: AbortSignal,
): Promise<FetchedPage> {
  const query = { ...filters, limit: pageSize, ...(cursor !== undefined && { cursor }) }
  const call = api.GET('/v1/orgs/{org}/events', {
    params: { path: { org }, query },
    ...(signal && { signal }),
  })
  return { ...(await unwrap(call)), fetchedAtMs: Date.now() }
}

/** Newest first. Rows change only when somebody asks: Refresh, other filters, or the next page. */
export function eventsQuery(name: ListName) {
  return infiniteQueryOptions({
    queryKey: ['events', name.org, name.filters, name.visit] as const,
    queryFn: ({ pageParam, signal }) => fetchPage(name, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: FetchedPage, all: FetchedPage[]) =>
      all.length < maxPages ? (last.page.next_cursor ?? undefined) : undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    // While other filters load, the old rows stay; those of another organization never do.
    placeholderData: (previous: Pages | undefined, query?: { queryKey: readonly unknown[] }) =>
      query?.queryKey[1] === name.org ? previous : undefined,
  })
}

/** There are older events, but the page holds no more rows. */
export function isFull(pages: readonly FetchedPage[]): boolean {
  return pages.length >= maxPages && pages.at(-1)?.page.next_cursor !== undefined
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

export function eventTypesQuery() {
  return queryOptions({
    queryKey: ['event-types'] as const,
    queryFn: ({ signal }) => unwrap(api.GET('/v1/event-types', { signal })),
    staleTime: catalogueStaleMs,
  })
}
