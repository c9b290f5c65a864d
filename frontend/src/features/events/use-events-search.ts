import { getRouteApi } from '@tanstack/react-router'
import { useCallback } from 'react'
import type { EventsSearch } from '../../app/search-params'
import { type Change, type Patch, useUrlPatch } from '../../ui/use-url-patch'

const route = getRouteApi('/app/o/$org/events')

export type EventsUrl = { org: string; search: EventsSearch; patch: Patch<EventsSearch> }

export function useEventsUrl(): EventsUrl {
  const { org } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const apply = useCallback(
    (change: Change<EventsSearch>, replace: boolean) =>
      void navigate({ search: (old) => ({ ...old, ...change }) as EventsSearch, replace }),
    [navigate],
  )
  return { org, search, patch: useUrlPatch(apply) }
}
