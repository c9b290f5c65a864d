import type { KeyboardEvent } from 'react'
import type { CatalogUrl } from '../use-catalog-url'
import { focusDrawer } from './focus'

const steps: Record<string, number> = {
  ArrowDown: 1,
  j: 1,
  ArrowUp: -1,
  k: -1,
  PageDown: 12,
  PageUp: -12,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
}

/** Moves from entry to entry; with one open, the drawer follows. */
export function useListKeys({ search, patch }: CatalogUrl, onClose: () => void) {
  return (event: KeyboardEvent<HTMLElement>): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
    if (event.key === 'Escape' && search.type !== undefined) {
      event.preventDefault()
      onClose()
      return
    }
    const link = event.target instanceof Element ? event.target.closest('[data-entry]') : null
    const step = steps[event.key]
    if (!link) return
    if (event.key === 'Enter' && link.getAttribute('data-entry') === search.type) focusDrawer()
    else if (step !== undefined) go(event.currentTarget, link, step)
    else return
    event.preventDefault()
  }

  function go(list: HTMLElement, from: Element, step: number): void {
    const links = [...list.querySelectorAll<HTMLElement>('[data-entry]')]
    const wanted = links.indexOf(from as HTMLElement) + step
    const next = links[Math.min(links.length - 1, Math.max(0, wanted))]
    if (!next || next === from) return
    next.focus()
    const action = next.getAttribute('data-entry') ?? undefined
    if (search.type !== undefined) patch({ type: action }, { replace: true })
  }
}
