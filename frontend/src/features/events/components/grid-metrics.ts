import { type RefObject, useEffect, useState } from 'react'
import type { Preset } from '../../../app/search-params'
import type { Row } from '../model/rows'

export const headerHeight = 34
const dayHeight = 32
const cardHeight = 88
const heights: Record<Preset, number> = { blink: 52, pocketsoc: 40 }
const narrowWidth = 560

/** How many rows before the last one the next page is asked for. */
export const rowsBeforeEnd = 30

export function rowHeight(kind: Row['kind'], preset: Preset, isNarrow: boolean): number {
  if (kind === 'day') return dayHeight
  return isNarrow ? cardHeight : heights[preset]
}

/** True when a row is laid out as a card of two lines; the height of rows depends on it, so CSS alone cannot know. */
export function useIsNarrow(element: RefObject<HTMLElement | null>): boolean {
  const [isNarrow, setIsNarrow] = useState(() => window.innerWidth < narrowWidth)
  useEffect(() => {
    const node = element.current
    if (!node) return
    const observer = new ResizeObserver(() => setIsNarrow(node.clientWidth < narrowWidth))
    observer.observe(node)
    return () => observer.disconnect()
  }, [element])
  return isNarrow
}
