import { keysText } from '../../i18n/keys'
import { Button } from '../../ui/button'
import { cx } from '../../ui/cx'
import { Moment } from '../../ui/moment'
import styles from '../../ui/settings-page.module.css'
import { Tag } from '../../ui/tag'
import { Text } from '../../ui/text'
import { KeyState } from './key-state'
import own from './keys.module.css'
import { type ApiKey, isUnused } from './model/keys'

const names = keysText
const { columns } = names

type Props = { keys: readonly ApiKey[]; canChange: boolean; onOpen: (id: string) => void }

export function KeyTable({ keys, canChange, onOpen }: Props) {
  return (
    <table className={styles.table}>
      <caption className="visually-hidden">{names.title}</caption>
      <thead>
        <tr>
          <th scope="col">{columns.name}</th>
          <th scope="col" className={styles.wideOnly}>
            {columns.access}
          </th>
          <th scope="col" className={styles.wideOnly}>
            {columns.createdBy}
          </th>
          <th scope="col" className={styles.wideOnly}>
            {columns.lastUsed}
          </th>
          <th scope="col" className={styles.wideOnly}>
            {columns.expires}
          </th>
          <th scope="col">{columns.state}</th>
          <th scope="col">
            <span className="visually-hidden">{canChange ? names.manage : names.view}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <Row key={key.id} row={key} canChange={canChange} onOpen={onOpen} />
        ))}
      </tbody>
    </table>
  )
}

type RowProps = { row: ApiKey; canChange: boolean; onOpen: (id: string) => void }

function Row({ row, canChange, onOpen }: RowProps) {
  const canManage = canChange && row.state !== 'revoked'
  const label = canManage ? names.manageNamed(row.name) : names.viewNamed(row.name)
  return (
    <tr className={cx(row.state === 'revoked' && own.dim)}>
      <th scope="row">
        <span className={styles.main}>
          <Text text={row.name} />
          <code className={cx(styles.sub, styles.mono)}>
            {row.prefix}…{row.last_four}
          </code>
        </span>
      </th>
      <td className={styles.wideOnly}>
        <span className={styles.chips}>
          {row.scopes.map((scope) => (
            <Tag key={scope} text={names.scopes[scope].name} />
          ))}
        </span>
      </td>
      <td className={styles.wideOnly}>
        <Text text={row.created_by?.name ?? row.created_by?.id ?? names.unknown} />
        <br />
        <span className={styles.sub}>
          <Moment at={row.created_at} as="day" />
        </span>
      </td>
      <td className={styles.wideOnly}>
        <LastUse row={row} />
      </td>
      <td className={styles.wideOnly}>
        {row.expires_at ? <Moment at={row.expires_at} as="day" /> : names.never}
      </td>
      <td>
        <KeyState state={row.state} isUnused={isUnused(row, Date.now())} />
      </td>
      <td className={styles.buttons}>
        <Button aria-label={label} onPress={() => onOpen(row.id)}>
          {canManage ? names.manage : names.view}
        </Button>
      </td>
    </tr>
  )
}

function LastUse({ row }: { row: ApiKey }) {
  if (!row.last_used) return <>{names.never}</>
  return (
    <>
      <Moment at={row.last_used.at} as="ago" />
      {row.last_used.ip && (
        <>
          <br />
          <span className={cx(styles.sub, styles.mono)}>{row.last_used.ip}</span>
        </>
      )}
    </>
  )
}
