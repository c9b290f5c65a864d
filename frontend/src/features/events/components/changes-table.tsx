import { eventsText } from '../../../i18n/events'
import { Text } from '../../../ui/text'
import { formatValue } from '../model/parameters'
import type { AuditEvent } from '../model/types'
import styles from './changes-table.module.css'

type Changes = NonNullable<AuditEvent['changes']>

const names = eventsText.drawer

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
          {changes.map((change, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two may name one field, and the list never changes
            <tr key={index}>
              <th scope="row">
                <Text text={change.field} />
              </th>
              <td>{'old' in change ? <Side sign="−" value={change.old} /> : <Absent />}</td>
              <td>{'new' in change ? <Side sign="+" value={change.new} /> : <Absent />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Side({ sign, value }: { sign: '−' | '+'; value: unknown }) {
  const Mark = sign === '+' ? 'ins' : 'del'
  return (
    <Mark>
      {sign} <Text text={formatValue(value)} />
    </Mark>
  )
}

function Absent() {
  return <span className={styles.absent}>{names.changeAbsent}</span>
}
