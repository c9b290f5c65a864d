import { catalogText } from '../../../i18n/catalog'
import { CodeBlock } from '../../../ui/code-block'
import { CopyButton } from '../../../ui/copy-button'
import { cx } from '../../../ui/cx'
import { Text } from '../../../ui/text'
import { isClosed, type SchemaRow, schemaRows } from '../model/schema'
import { slotsOf } from '../model/sentence'
import type { Entry } from '../model/types'
import details from './entry-details.module.css'
import styles from './parameters-section.module.css'

const names = catalogText.parameters

/** The schema as a table to read and as the JSON it is. */
export function ParametersSection({ entry }: { entry: Entry }) {
  const schema = entry.parameters_schema
  const hasSchema = schema !== undefined && schema !== null
  return (
    <section className={details.section}>
      <h3>{catalogText.entry.sections.parameters}</h3>
      {hasSchema ? <Schema schema={schema} /> : <NoSchema entry={entry} />}
    </section>
  )
}

const listFormat = new Intl.ListFormat('en')

function NoSchema({ entry }: { entry: Entry }) {
  const used = slotsOf(entry.sentence ?? '').flatMap(({ slot }) =>
    slot.startsWith('parameters.') ? [slot.slice('parameters.'.length)] : [],
  )
  return (
    <p className={details.hint}>
      {names.none} {used.length > 0 && names.used(listFormat.format(used))}
    </p>
  )
}

function Schema({ schema }: { schema: unknown }) {
  const rows = schemaRows(schema)
  const json = JSON.stringify(schema, null, 2)
  return (
    <>
      <p className={details.hint}>
        {names.checked} {isClosed(schema) && names.closed}
      </p>
      {rows.length > 0 ? <SchemaTable rows={rows} /> : <p className={details.hint}>{names.noMembers}</p>}
      <details className={styles.raw}>
        <summary>{names.raw}</summary>
        <CodeBlock text={json} label={names.raw} />
        <CopyButton text={json} label={names.copy} />
      </details>
    </>
  )
}

function SchemaTable({ rows }: { rows: readonly SchemaRow[] }) {
  return (
    <div className={styles.scroller}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col" className={styles.headCell}>
              {names.name}
            </th>
            <th scope="col" className={styles.headCell}>
              {names.type}
            </th>
            <th scope="col" className={cx(styles.headCell, styles.required)}>
              {names.required}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <SchemaLines key={row.name} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** One member; what is said about it has a line of its own, for there is no room beside it. */
function SchemaLines({ row }: { row: SchemaRow }) {
  const limits = row.limits.join(' · ')
  return (
    <>
      <tr className={styles.member}>
        <th scope="row">
          <code>
            <Text text={row.name} />
          </code>
        </th>
        <td>
          <code>
            <Text text={row.type} />
          </code>
        </td>
        <td>{row.isRequired ? names.yes : names.no}</td>
      </tr>
      {(row.description || limits) && (
        <tr>
          <td colSpan={3} className={styles.about}>
            <Text text={row.description} />
            {limits && (
              <code className={styles.limits}>
                <Text text={limits} />
              </code>
            )}
          </td>
        </tr>
      )}
    </>
  )
}
