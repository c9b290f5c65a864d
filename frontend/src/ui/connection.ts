import { useSyncExternalStore } from 'react'

const localHosts = /^(localhost|127(\.\d+){3}|\[::1\]|.+\.localhost)$/

/** Plain http from another machine: works, but the page must say what that means. */
export function isUnencrypted(location: Pick<Location, 'protocol' | 'hostname'>): boolean {
  return location.protocol === 'http:' && !localHosts.test(location.hostname)
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('online', listener)
  window.addEventListener('offline', listener)
  return () => {
    window.removeEventListener('online', listener)
    window.removeEventListener('offline', listener)
  }
}

export function useIsOnline(): boolean {
  return useSyncExternalStore(subscribe, () => navigator.onLine)
}
