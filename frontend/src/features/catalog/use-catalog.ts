import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { type Filter, filterEntries } from './model/entries'
import { catalogQuery } from './queries'
import type { CatalogUrl } from './use-catalog-url'

/** The entries of the organization, and those of them that the URL's filters leave. */
export function useCatalog({ org, search }: CatalogUrl) {
  const query = useQuery(catalogQuery(org))
  const { q, pack, category, show } = search
  const entries = query.data?.data
  const filter: Filter = useMemo(() => ({ q, pack, category, show }), [q, pack, category, show])
  const shown = useMemo(() => (entries ? filterEntries(entries, filter) : undefined), [entries, filter])
  return {
    entries,
    shown,
    filter,
    isFiltered: Object.values(filter).some((value) => value !== undefined),
    asOf: query.data?.as_of ?? 0,
    fetchedAtMs: query.dataUpdatedAt,
    error: entries ? null : query.error,
    refreshError: entries ? query.error : null,
    isRefreshing: query.isFetching && entries !== undefined,
    refresh: () => void query.refetch(),
  }
}

export type Catalog = ReturnType<typeof useCatalog>
