import type { Preset } from '../../../app/search-params'
import { cx } from '../../../ui/cx'
import { columnsOf } from '../model/columns'
import styles from './event-grid.module.css'

export function GridHeader({ preset }: { preset: Preset }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: part of the ARIA grid
    // biome-ignore lint/a11y/useFocusableInteractive: the grid itself holds the focus
    <div role="row" aria-rowindex={1} className={cx(styles.line, styles.header)}>
      {columnsOf(preset).map((column, index) => (
        // biome-ignore lint/a11y/useSemanticElements: part of the ARIA grid
        // biome-ignore lint/a11y/useFocusableInteractive: the grid itself holds the focus
        <div
          key={column.id}
          role="columnheader"
          aria-colindex={index + 1}
          aria-sort={column.id === 'dateTime' ? 'descending' : undefined}
          className={cx(styles.cell, styles[column.id])}
        >
          {column.title}
        </div>
      ))}
    </div>
  )
}
