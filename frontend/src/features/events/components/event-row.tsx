import { memo } from 'react'
import { cx } from '../../../ui/cx'
import { columnsOf } from '../model/columns'
import type { AuditEvent } from '../model/types'
import { CellContent } from './cell-content'
import styles from './event-grid.module.css'
import { placeOf, type RowPlace, rowIndexOffset } from './row-place'

type EventRowProps = RowPlace & { event: AuditEvent; isActive: boolean; isOpen: boolean }

export const EventRow = memo(function EventRow({ event, isActive, isOpen, ...place }: EventRowProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: part of the ARIA grid
    // biome-ignore lint/a11y/useFocusableInteractive: the grid itself holds the focus
    <div
      id={`row-${place.index}`}
      role="row"
      aria-rowindex={place.index + rowIndexOffset}
      aria-selected={isOpen}
      data-event={event.id}
      data-action={event.action}
      data-active={isActive || undefined}
      className={cx(styles.row, styles.line, styles.event)}
      style={placeOf(place)}
    >
      {columnsOf(place.preset).map((column, index) => (
        // biome-ignore lint/a11y/useSemanticElements: part of the ARIA grid
        // biome-ignore lint/a11y/useFocusableInteractive: the grid itself holds the focus
        <div
          key={column.id}
          role="gridcell"
          aria-colindex={index + 1}
          className={cx(styles.cell, styles[column.id])}
        >
          <CellContent event={event} column={column.id} preset={place.preset} isNarrow={place.isNarrow} />
        </div>
      ))}
    </div>
  )
})
