import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import { type MouseEvent, useCallback, useEffect, useRef } from 'react'
import type { Preset } from '../../../app/search-params'
import { eventsText } from '../../../i18n/events'
import { cx } from '../../../ui/cx'
import { columnsOf } from '../model/columns'
import { indexOfEvent, type Row } from '../model/rows'
import { DayRow } from './day-row'
import styles from './event-grid.module.css'
import { EventRow } from './event-row'
import { GridHeader } from './grid-header'
import { headerHeight, rowHeight, rowsBeforeEnd, useIsNarrow } from './grid-metrics'
import { useGridKeys } from './use-grid-keys'

export type GridProps = {
  rows: readonly Row[]
  listKey: string
  preset: Preset
  activeId: string | undefined
  openId: string | undefined
  hasMore: boolean
  isBusy: boolean
  onActivate: (id: string) => void
  onOpen: (id: string) => void
  onClose: () => void
  onNearEnd: () => void
}

/** An ARIA grid of our own: fixed row heights, only what is seen is in the document, the focus stays on the grid. */
export function EventGrid(props: GridProps) {
  const { rows, preset, activeId, openId, hasMore } = props
  const scroller = useRef<HTMLDivElement>(null)
  const isNarrow = useIsNarrow(scroller)
  const active = indexOfEvent(rows, activeId)
  const virtualizer = useGridVirtualizer(scroller, rows, preset, isNarrow, active)
  const onKeyDown = useGridKeys({ ...props, active, virtualizer })
  useStartAtTop(scroller, props.listKey)
  useFollowOpenRow(virtualizer.scrollToIndex, rows, openId)
  useNearEnd(virtualizer.range?.endIndex, rows.length, hasMore, props.onNearEnd)

  function onClick(event: MouseEvent<HTMLElement>): void {
    const id = (event.target as Element).closest<HTMLElement>('[data-event]')?.dataset.event
    if (id && window.getSelection()?.isCollapsed !== false) props.onOpen(id)
  }

  function onFocus(): void {
    const first = rows.find((row) => row.kind === 'event')
    if (active < 0 && first) props.onActivate(first.id)
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: rows are virtual and laid out by hand, a <table> cannot be
    <div
      ref={scroller}
      role="grid"
      className={cx(styles.grid, styles[preset], isNarrow && styles.cards)}
      tabIndex={0}
      aria-label={eventsText.gridLabel}
      aria-describedby="grid-keys"
      aria-rowcount={hasMore ? -1 : rows.length + 1}
      aria-colcount={columnsOf(preset).length}
      aria-activedescendant={active >= 0 ? `row-${active}` : undefined}
      aria-busy={props.isBusy}
      onKeyDown={onKeyDown}
      onClick={onClick}
      onFocus={onFocus}
    >
      <GridHeader preset={preset} />
      <GridRows
        rows={rows}
        preset={preset}
        isNarrow={isNarrow}
        active={active}
        openId={openId}
        virtualizer={virtualizer}
      />
    </div>
  )
}

type GridRowsProps = Pick<GridProps, 'rows' | 'preset' | 'openId'> & {
  isNarrow: boolean
  active: number
  virtualizer: Virtualizer<HTMLDivElement, Element>
}

function GridRows({ rows, preset, openId, isNarrow, active, virtualizer }: GridRowsProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: part of the ARIA grid
    <div role="rowgroup" className={styles.body} style={{ height: virtualizer.getTotalSize() }}>
      {virtualizer.getVirtualItems().map((item) => {
        const row = rows[item.index]
        if (!row) return null
        const place = {
          index: item.index,
          top: item.start - headerHeight,
          height: item.size,
          preset,
          isNarrow,
        }
        if (row.kind === 'day') return <DayRow key={row.id} label={row.label} {...place} />
        const state = { isActive: item.index === active, isOpen: row.id === openId }
        return <EventRow key={row.id} event={row.event} {...place} {...state} />
      })}
    </div>
  )
}

function useGridVirtualizer(
  scroller: React.RefObject<HTMLDivElement | null>,
  rows: readonly Row[],
  preset: Preset,
  isNarrow: boolean,
  active: number,
) {
  // Stable, for the places of all rows are counted anew when it changes.
  const getItemKey = useCallback((index: number) => rows[index]?.id ?? index, [rows])
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => rowHeight(rows[index]?.kind ?? 'event', preset, isNarrow),
    getItemKey,
    overscan: 8,
    scrollMargin: headerHeight,
    scrollPaddingStart: headerHeight,
    // The active row is always rendered, for aria-activedescendant must name something that exists.
    rangeExtractor: ({ startIndex, endIndex, overscan, count }) => {
      const first = Math.max(0, startIndex - overscan)
      const last = Math.min(count - 1, endIndex + overscan)
      const indexes = Array.from({ length: last - first + 1 }, (_, offset) => first + offset)
      if (active >= 0 && active < first) indexes.unshift(active)
      if (active > last && active < count) indexes.push(active)
      return indexes
    },
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: the heights depend on exactly these
  useEffect(() => virtualizer.measure(), [preset, isNarrow])
  return virtualizer
}

/** Other rows are read from their beginning. */
function useStartAtTop(scroller: React.RefObject<HTMLDivElement | null>, listKey: string) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is what it waits for
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 })
  }, [listKey, scroller])
}

/** The drawer's own buttons and a shared link move the open row; it must be in sight. */
function useFollowOpenRow(
  scrollToIndex: (index: number) => void,
  rows: readonly Row[],
  openId: string | undefined,
) {
  const index = indexOfEvent(rows, openId)
  // biome-ignore lint/correctness/useExhaustiveDependencies: more rows below must not scroll the list
  useEffect(() => {
    if (index >= 0) scrollToIndex(index)
  }, [openId, index >= 0])
}

function useNearEnd(lastSeen: number | undefined, count: number, hasMore: boolean, onNearEnd: () => void) {
  const isNear = hasMore && lastSeen !== undefined && lastSeen >= count - rowsBeforeEnd
  useEffect(() => {
    if (isNear) onNearEnd()
  }, [isNear, onNearEnd])
}
