import { getRouteApi } from '@tanstack/react-router'
import { useCallback, useRef } from 'react'
import type { EventsSearch } from '../../app/search-params'

const route = getRouteApi('/app/o/$org/events')
const sameThoughtMs = 2000

type Change = { [K in keyof EventsSearch]: EventsSearch[K] | undefined }
type Navigate = ReturnType<typeof route.useNavigate>

export type EventsUrl = {
  org: string
  search: EventsSearch
  /** Changes within two seconds of each other are one step of Back. */
  patch: (change: Change, options?: { replace?: boolean }) => void
}

function apply(navigate: Navigate, change: Change, replace: boolean): void {
  void navigate({ search: (old) => ({ ...old, ...change }) as EventsSearch, replace })
}

export function useEventsUrl(): EventsUrl {
  const { org } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const last = useRef({ at: Number.NEGATIVE_INFINITY, keys: '' })

  const patch = useCallback(
    (change: Change, options?: { replace?: boolean }) => {
      const keys = Object.keys(change).join()
      const now = performance.now()
      const isSameThought = last.current.keys === keys && now - last.current.at < sameThoughtMs
      last.current = { at: now, keys }
      apply(navigate, change, options?.replace ?? isSameThought)
    },
    [navigate],
  )
  return { org, search, patch }
}
