import { useInfiniteQuery } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import { formatClock } from '../../i18n/time'
import { filtersOf, hasFilters } from './model/filters'
import { rowsOf } from './model/rows'
import { eventsQuery, isFull } from './queries'
import type { EventsUrl } from './use-events-search'
import { useListName } from './use-list-name'
import { useRefresh } from './use-refresh'

/** The rows of the URL's query, and what can be done with them. */
export function useLog({ org, search }: EventsUrl) {
  const filters = filtersOf(search)
  const { name, list, adopt } = useListName(org, filters)
  const query = useInfiniteQuery(eventsQuery(name))
  const pages = query.data?.pages
  const firstFetchedAtMs = pages?.[0]?.fetchedAtMs

  const events = useMemo(() => pages?.flatMap((page) => page.data), [pages])
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
    listKey: `${list} ${firstFetchedAtMs}`,
    count: events?.length ?? 0,
    asOf: firstFetchedAtMs === undefined ? '' : formatClock(new Date(firstFetchedAtMs)),
    error: isFetchNextPageError ? null : query.error,
    retry: () => void query.refetch(),
    hasMore: query.hasNextPage,
    isFull: isFull(pages ?? []),
    isLoadingMore: query.isFetchingNextPage,
    loadMoreError: isFetchNextPageError ? query.error : null,
    /** The rows shown are of the filters before; the new ones are on their way. */
    isStale: query.isPlaceholderData,
    loadMore,
    loadMoreByItself,
    ...useRefresh(name, list, adopt),
  }
}

export type Log = ReturnType<typeof useLog>
