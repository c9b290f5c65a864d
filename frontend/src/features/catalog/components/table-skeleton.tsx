import { t } from '../../../i18n'
import { cx } from '../../../ui/cx'
import styles from './table-skeleton.module.css'
import row from './type-row.module.css'
import table from './type-table.module.css'

const lines = Array.from({ length: 18 }, (_, index) => `line-${index}`)
const cells = [
  { id: 'name', style: undefined },
  { id: 'action', style: table.action },
  { id: 'kind', style: table.kind },
  { id: 'ocsf', style: table.ocsf },
  { id: 'seen', style: table.seen },
  { id: 'last', style: table.last },
]

/** The table's own rows without words, so that nothing moves when they come. */
export function TableSkeleton() {
  return (
    <div className={cx(table.scroller, styles.skeleton)}>
      <span className="visually-hidden">{t.loading}</span>
      <table className={table.table} aria-hidden>
        <tbody className={table.body}>
          {lines.map((line) => (
            <tr key={line} className={cx(table.line, row.row)}>
              {cells.map((cell) => (
                <td key={cell.id} className={cx(table.cell, cell.style)}>
                  <span className={styles.bone} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
