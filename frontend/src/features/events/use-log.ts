import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import { filtersOf, hasFilters } from './model/filters'
import { rowsOf } from './model/rows'
import { eventsQuery, refreshEvents } from './queries'
import type { EventsUrl } from './use-events-search'

/** The rows of the URL's query, and what can be done with them. */
export function useLog({ org, search }: EventsUrl) {
  const client = useQueryClient()
  const filters = filtersOf(search)
  const query = useInfiniteQuery(eventsQuery(org, filters))
  const refresh = useMutation({ mutationFn: () => refreshEvents(client, org, filters) })

  const events = useMemo(() => query.data?.pages.flatMap((page) => page.data), [query.data])
  const rows = useMemo(() => (events ? rowsOf(events) : undefined), [events])

  const { fetchNextPage, isFetching, isFetchNextPageError } = query
  const loadMore = useCallback(() => {
    if (!isFetching) void fetchNextPage()
  }, [fetchNextPage, isFetching])
  const loadMoreByItself = useCallback(() => {
    if (!isFetchNextPageError) loadMore()
  }, [loadMore, isFetchNextPageError])

  return {
    filters,
    isFiltered: hasFilters(filters),
    rows,
    /** Changes when these are other rows, not when there are more of them. */
    listKey: `${JSON.stringify(filters)} ${query.data?.pages[0]?.page.as_of}`,
    count: events?.length ?? 0,
    error: query.isFetchNextPageError ? null : query.error,
    retry: () => void query.refetch(),
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    hasLoadMoreFailed: query.isFetchNextPageError,
    /** The rows shown are of the filters before; the new ones are on their way. */
    isStale: query.isPlaceholderData,
    loadMore,
    loadMoreByItself,
    refresh: () => refresh.mutate(),
    isRefreshing: refresh.isPending,
    refreshError: refresh.error,
  }
}

export type Log = ReturnType<typeof useLog>
