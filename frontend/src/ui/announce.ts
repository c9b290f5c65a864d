import { useEffect, useSyncExternalStore } from 'react'

/** What is said within this time of each other is said together: a screen reader drops what is replaced at once. */
const togetherMs = 1_000

let spoken = ''
let spokenAt = Number.NEGATIVE_INFINITY
const listeners = new Set<() => void>()

function say(text: string): void {
  const now = performance.now()
  spoken = now - spokenAt < togetherMs ? `${spoken} ${text}` : text
  spokenAt = now
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
