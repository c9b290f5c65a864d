import { profileText } from '../../i18n/profile'
import { Button } from '../../ui/button'
import { Moment } from '../../ui/moment'
import styles from '../../ui/settings-page.module.css'
import { Tag } from '../../ui/tag'
import { deviceName } from './device-name'
import type { SessionItem } from './queries'
import own from './session-table.module.css'

const names = profileText.sessions

type Props = { rows: readonly SessionItem[]; onEnd: (row: SessionItem) => void }

export function SessionTable({ rows, onEnd }: Props) {
  return (
    <table className={styles.table}>
      <caption className="visually-hidden">{names.title}</caption>
      <thead>
        <tr>
          <th scope="col">{names.columns.device}</th>
          <th scope="col">{names.columns.seen}</th>
          <th scope="col" className={styles.wideOnly}>
            {names.columns.begun}
          </th>
          <th scope="col">
            <span className="visually-hidden">{names.columns.end}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.id} row={row} onEnd={onEnd} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ row, onEnd }: { row: SessionItem; onEnd: (row: SessionItem) => void }) {
  const device = deviceName(row.user_agent)
  return (
    <tr>
      <th scope="row">
        <span className={styles.main} title={row.user_agent ?? undefined}>
          <span className={own.device}>
            {device}
            {row.current && <Tag tone="ok" text={names.current} />}
          </span>
          <span className={styles.sub}>
            {row.ip ?? names.unknownAddress}
            {row.mfa && ` · ${names.withFactor}`}
          </span>
        </span>
      </th>
      <td>
        <Moment at={row.last_seen_at} as="ago" />
      </td>
      <td className={styles.wideOnly}>
        <Moment at={row.created_at} as="ago" />
      </td>
      <td className={styles.end}>
        {!row.current && (
          <Button aria-label={names.endOf(device)} onPress={() => onEnd(row)}>
            {names.end}
          </Button>
        )}
      </td>
    </tr>
  )
}
