import { useSyncExternalStore } from 'react'
import { keepChoice, readChoice } from './choice'

export type Theme = 'system' | 'light' | 'dark'

const choice = 'theme'
const listeners = new Set<() => void>()

function parse(value: string | null): Theme {
  return value === 'light' || value === 'dark' ? value : 'system'
}

let theme: Theme = parse(readChoice(choice))

/** Called before the first render, so that nothing flashes. */
export function applyTheme(): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

export function setTheme(next: Theme): void {
  theme = next
  keepChoice(choice, next)
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
