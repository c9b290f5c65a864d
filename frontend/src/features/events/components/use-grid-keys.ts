import type { Virtualizer } from '@tanstack/react-virtual'
import type { KeyboardEvent } from 'react'
import { moveTo, type Row } from '../model/rows'

type Options = {
  rows: readonly Row[]
  active: number
  openId: string | undefined
  virtualizer: Virtualizer<HTMLDivElement, Element>
  onActivate: (id: string) => void
  onOpen: (id: string) => void
  onClose: () => void
}

const steps: Record<string, number> = {
  ArrowDown: 1,
  j: 1,
  ArrowUp: -1,
  k: -1,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
}

function stepOf(key: string, pageRows: number): number | undefined {
  if (key === 'PageDown') return pageRows
  if (key === 'PageUp') return -pageRows
  return steps[key]
}

/** Moves through the events; with the drawer open it follows. */
export function useGridKeys(options: Options): (event: KeyboardEvent) => void {
  const { rows, active, openId, virtualizer, onActivate, onOpen, onClose } = options

  function go(step: number): void {
    const index = moveTo(rows, active < 0 && step > 0 ? -1 : active, step)
    const row = rows[index]
    if (!row) return
    virtualizer.scrollToIndex(index)
    if (openId === undefined) onActivate(row.id)
    else if (row.id !== openId) onOpen(row.id)
  }

  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const range = virtualizer.range
    const step = stepOf(event.key, Math.max(1, (range?.endIndex ?? 1) - (range?.startIndex ?? 0) - 1))
    const row = rows[active]
    if (step !== undefined) go(step)
    else if (event.key === 'Enter' && row) onOpen(row.id)
    else if (event.key === 'Escape' && openId !== undefined) onClose()
    else return
    event.preventDefault()
  }
}
