import { memo } from 'react'
import { cx } from '../../../ui/cx'
import { columnsOf } from '../model/columns'
import styles from './event-grid.module.css'
import { placeOf, type RowPlace, rowIndexOffset } from './row-place'

export const DayRow = memo(function DayRow({ label, ...place }: RowPlace & { label: string }) {
  const columns = columnsOf(place.preset).length
  return (
    // biome-ignore lint/a11y/useSemanticElements: part of the ARIA grid
    // biome-ignore lint/a11y/useFocusableInteractive: the grid itself holds the focus
    <div
      role="row"
      aria-rowindex={place.index + rowIndexOffset}
      className={cx(styles.row, styles.day)}
      style={placeOf(place)}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: part of the ARIA grid */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: the grid itself holds the focus */}
      <div role="gridcell" aria-colindex={1} aria-colspan={columns}>
        {label}
      </div>
    </div>
  )
})
