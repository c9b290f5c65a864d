import { useSyncExternalStore } from 'react'

const isOurs = /^#ann_(in|rs|cl)_/

let token: string | undefined
const listeners = new Set<() => void>()

/** Takes the token of a link out of the address bar, where others could read it, and keeps it for the page. */
function take(): void {
  const { hash, pathname, search } = window.location
  if (!isOurs.test(hash)) return
  token = hash.slice(1)
  window.history.replaceState(window.history.state, '', pathname + search)
  for (const listener of listeners) listener()
}

/** To be called before anything else happens. A second link in the same tab only changes the hash. */
export function holdLinkToken(): void {
  take()
  window.addEventListener('hashchange', take)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The token of the link that was opened, if it is of this kind. */
export function useLinkToken(prefix: 'ann_in_' | 'ann_rs_' | 'ann_cl_'): string | undefined {
  const held = useSyncExternalStore(subscribe, () => token)
  return held?.startsWith(prefix) ? held : undefined
}
