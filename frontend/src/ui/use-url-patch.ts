import { useRouter } from '@tanstack/react-router'
import { useCallback, useEffect, useRef } from 'react'

const sameThoughtMs = 2000

export type Change<S> = { [K in keyof S]: S[K] | undefined }
export type Patch<S> = (change: Change<S>, options?: { replace?: boolean }) => void

const nothing = { at: Number.NEGATIVE_INFINITY, keys: '', isArriving: false }

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

/** Changes of the URL within two seconds of each other are one step of Back. */
export function useUrlPatch<S extends object>(
  apply: (change: Change<S>, replace: boolean) => void,
): Patch<S> {
  const last = useLastChange()
  return useCallback(
    (change, options) => {
      const keys = Object.keys(change).join()
      const now = performance.now()
      const isSameThought = last.current.keys === keys && now - last.current.at < sameThoughtMs
      last.current = { at: now, keys, isArriving: true }
      apply(change, options?.replace ?? isSameThought)
    },
    [apply, last],
  )
}
