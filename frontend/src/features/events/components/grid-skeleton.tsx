import { useRef } from 'react'
import type { Preset } from '../../../app/search-params'
import { t } from '../../../i18n'
import { cx } from '../../../ui/cx'
import { columnsOf } from '../model/columns'
import grid from './event-grid.module.css'
import { rowHeight, useIsNarrow } from './grid-metrics'
import styles from './grid-skeleton.module.css'

const lines = Array.from({ length: 16 }, (_, index) => `line-${index}`)

/** The grid's own lines and columns without words, so that nothing moves when the events come. */
export function GridSkeleton({ preset }: { preset: Preset }) {
  const scroller = useRef<HTMLDivElement>(null)
  const isNarrow = useIsNarrow(scroller)
  return (
    <div ref={scroller} className={cx(grid.grid, grid[preset], isNarrow && grid.cards, styles.skeleton)}>
      <span className="visually-hidden">{t.loading}</span>
      <div className={cx(grid.line, grid.header)} aria-hidden>
        {columnsOf(preset).map((column) => (
          <div key={column.id} className={cx(grid.cell, grid[column.id])}>
            {column.title}
          </div>
        ))}
      </div>
      {lines.map((line) => (
        <div
          key={line}
          className={cx(grid.line, grid.event, styles.row)}
          style={{ height: rowHeight('event', preset, isNarrow) }}
          aria-hidden
        >
          {columnsOf(preset).map((column) => (
            <div key={column.id} className={cx(grid.cell, grid[column.id])}>
              <span className={styles.bone} />
            </div>
          ))}
        </div>
      ))}
    </div>
  )
}
