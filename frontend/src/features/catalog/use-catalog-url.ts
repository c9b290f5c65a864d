import { getRouteApi } from '@tanstack/react-router'
import { useCallback } from 'react'
import { type CatalogSearch, stringifySearch } from '../../app/search-params'
import { type Change, type Patch, useUrlPatch } from '../../ui/use-url-patch'

const route = getRouteApi('/app/o/$org/catalog')

export type CatalogUrl = {
  org: string
  search: CatalogSearch
  patch: Patch<CatalogSearch>
  /** The address after a change, for links. */
  hrefOf: (change: Change<CatalogSearch>) => string
}

export const noFilters = { q: undefined, pack: undefined, category: undefined, show: undefined }

export function useCatalogUrl(): CatalogUrl {
  const { org } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const apply = useCallback(
    (change: Change<CatalogSearch>, replace: boolean) =>
      void navigate({ search: (old) => ({ ...old, ...change }) as CatalogSearch, replace }),
    [navigate],
  )
  const hrefOf = (change: Change<CatalogSearch>) =>
    `/o/${encodeURIComponent(org)}/catalog${stringifySearch({ ...search, ...change })}`
  return { org, search, patch: useUrlPatch(apply), hrefOf }
}
