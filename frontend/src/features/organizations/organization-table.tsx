import { organizationsText } from '../../i18n/organizations'
import { Button } from '../../ui/button'
import { cx } from '../../ui/cx'
import { Moment } from '../../ui/moment'
import styles from '../../ui/settings-page.module.css'
import { Tag } from '../../ui/tag'
import { Text } from '../../ui/text'
import type { Summary } from './queries'

const names = organizationsText

type Props = { rows: readonly Summary[]; onManage: (slug: string) => void }

export function OrganizationTable({ rows, onManage }: Props) {
  return (
    <table className={styles.table}>
      <caption className="visually-hidden">{names.title}</caption>
      <thead>
        <tr>
          <th scope="col">{names.columns.name}</th>
          <th scope="col" className={styles.wideOnly}>
            {names.columns.plan}
          </th>
          <th scope="col" className={cx(styles.wideOnly, styles.number)}>
            {names.columns.members}
          </th>
          <th scope="col" className={cx(styles.wideOnly, styles.number)}>
            {names.columns.events}
          </th>
          <th scope="col">{names.columns.lastEvent}</th>
          <th scope="col" className={styles.wideOnly}>
            {names.columns.state}
          </th>
          <th scope="col">
            <span className="visually-hidden">{names.columns.manage}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.id} row={row} onManage={onManage} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ row, onManage }: { row: Summary; onManage: (slug: string) => void }) {
  return (
    <tr>
      <th scope="row">
        <span className={styles.main}>
          <Text text={row.name} />
          <span className={styles.sub}>
            {row.slug}
            {row.suspension && <span className={styles.narrowOnly}> · {names.suspended}</span>}
          </span>
        </span>
      </th>
      <td className={styles.wideOnly}>{row.plan}</td>
      <td className={cx(styles.wideOnly, styles.number)}>{row.members}</td>
      <td className={cx(styles.wideOnly, styles.number)}>{names.events(row.events)}</td>
      <td>{row.last_event_at ? <Moment at={row.last_event_at} as="ago" /> : names.never}</td>
      <td className={styles.wideOnly}>
        <Tag tone={row.suspension ? 'warn' : 'ok'} text={row.suspension ? names.suspended : names.active} />
      </td>
      <td className={styles.end}>
        <Button aria-label={names.manage(row.name)} onPress={() => onManage(row.slug)}>
          {names.columns.manage}
        </Button>
      </td>
    </tr>
  )
}
