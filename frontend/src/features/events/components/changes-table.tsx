import { t } from '../../../i18n'
import { formatValue } from '../model/parameters'
import type { AuditEvent } from '../model/types'
import styles from './changes-table.module.css'

type Changes = NonNullable<AuditEvent['changes']>

const names = t.events.drawer

/** Old beside new. A sign stands before each, for colour alone says nothing. */
export function ChangesTable({ changes }: { changes: Changes }) {
  return (
    <section>
      <h3 className={styles.title}>{names.sections.changes}</h3>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{names.changeField}</th>
            <th scope="col">{names.changeOld}</th>
            <th scope="col">{names.changeNew}</th>
          </tr>
        </thead>
        <tbody>
          {changes.map((change) => (
            <tr key={change.field}>
              <th scope="row">{change.field}</th>
              <td>{'old' in change ? <del>− {formatValue(change.old)}</del> : <Absent />}</td>
              <td>{'new' in change ? <ins>+ {formatValue(change.new)}</ins> : <Absent />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Absent() {
  return <span className={styles.absent}>{names.changeAbsent}</span>
}
