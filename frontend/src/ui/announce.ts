import { useEffect, useSyncExternalStore } from 'react'

let spoken = ''
const listeners = new Set<() => void>()

function say(text: string): void {
  spoken = text
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Has the live region say the text whenever it changes. */
export function useAnnouncement(text: string | undefined): void {
  useEffect(() => {
    if (text) say(text)
  }, [text])
}

export function useSpoken(): string {
  return useSyncExternalStore(subscribe, () => spoken)
}
