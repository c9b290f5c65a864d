import { teamText } from '../../i18n/team'
import { Button } from '../../ui/button'
import { Moment } from '../../ui/moment'
import styles from '../../ui/settings-page.module.css'
import { Tag } from '../../ui/tag'
import { Text } from '../../ui/text'
import type { Invite } from './queries'

const names = teamText.invites

type Props = { invites: readonly Invite[]; onOpen: ((invite: Invite) => void) | undefined }

export function InviteTable({ invites, onOpen }: Props) {
  return (
    <table className={styles.table}>
      <caption className="visually-hidden">{names.title}</caption>
      <thead>
        <tr>
          <th scope="col">{names.email}</th>
          <th scope="col">{names.role}</th>
          <th scope="col" className={styles.wideOnly}>
            {names.by}
          </th>
          <th scope="col" className={styles.wideOnly}>
            {names.expires}
          </th>
          {onOpen && (
            <th scope="col">
              <span className="visually-hidden">{names.manage}</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {invites.map((invite) => (
          <Row key={invite.id} invite={invite} onOpen={onOpen} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ invite, onOpen }: { invite: Invite; onOpen: Props['onOpen'] }) {
  return (
    <tr>
      <th scope="row">
        <span className={styles.main}>
          <Text text={invite.email} canBreakAtSign />
          {invite.name && (
            <span className={styles.sub}>
              <Text text={invite.name} />
            </span>
          )}
        </span>
      </th>
      <td>{teamText.role[invite.role].name}</td>
      <td className={styles.wideOnly}>{invite.invited_by.name && <Text text={invite.invited_by.name} />}</td>
      <td className={styles.wideOnly}>
        {invite.state === 'expired' ? (
          <Tag tone="warn" text={names.state.expired} />
        ) : (
          <Moment at={invite.expires_at} as="day" />
        )}
      </td>
      {onOpen && (
        <td className={styles.buttons}>
          <Button aria-label={names.manageNamed(invite.email)} onPress={() => onOpen(invite)}>
            {names.manage}
          </Button>
        </td>
      )}
    </tr>
  )
}
