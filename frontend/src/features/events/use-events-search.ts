import { getRouteApi, useRouter } from '@tanstack/react-router'
import { useCallback, useEffect, useRef } from 'react'
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

const nothing = { at: Number.NEGATIVE_INFINITY, keys: '', isArriving: false }

function apply(navigate: Navigate, change: Change, replace: boolean): void {
  void navigate({ search: (old) => ({ ...old, ...change }) as EventsSearch, replace })
}

/** The last change made here; forgotten when Back, Forward or a link moved the page since. */
function useLastChange() {
  const { history } = useRouter()
  const last = useRef(nothing)
  useEffect(
    () =>
      history.subscribe(({ action }) => {
        const isOwn = last.current.isArriving && (action.type === 'PUSH' || action.type === 'REPLACE')
        last.current = isOwn ? { ...last.current, isArriving: false } : nothing
      }),
    [history],
  )
  return last
}

export function useEventsUrl(): EventsUrl {
  const { org } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const last = useLastChange()

  const patch = useCallback(
    (change: Change, options?: { replace?: boolean }) => {
      const keys = Object.keys(change).join()
      const now = performance.now()
      const isSameThought = last.current.keys === keys && now - last.current.at < sameThoughtMs
      last.current = { at: now, keys, isArriving: true }
      apply(navigate, change, options?.replace ?? isSameThought)
    },
    [navigate, last],
  )
  return { org, search, patch }
}
