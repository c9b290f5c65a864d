import { useSyncExternalStore } from 'react'

export type Theme = 'system' | 'light' | 'dark'

const storageKey = 'annals.theme'
const listeners = new Set<() => void>()

function parse(value: string | null): Theme {
  return value === 'light' || value === 'dark' ? value : 'system'
}

function read(): Theme {
  try {
    return parse(localStorage.getItem(storageKey))
  } catch {
    return 'system'
  }
}

let theme: Theme = read()

/** Called before the first render, so that nothing flashes. */
export function applyTheme(): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

export function setTheme(next: Theme): void {
  theme = next
  try {
    localStorage.setItem(storageKey, next)
  } catch {
    // Storage is off: the choice lasts until the page closes.
  }
  applyTheme()
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, () => theme)
}
