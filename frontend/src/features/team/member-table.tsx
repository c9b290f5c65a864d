import { Link } from '@tanstack/react-router'
import type { components } from '../../api/schema'
import { useSession } from '../../api/use-session'
import { teamText } from '../../i18n/team'
import { Button } from '../../ui/button'
import { Moment } from '../../ui/moment'
import styles from '../../ui/settings-page.module.css'
import { Tag } from '../../ui/tag'
import { Text } from '../../ui/text'
import type { Member } from './queries'
import own from './team.module.css'

const names = teamText.members

type Props = {
  org: string
  members: readonly Member[]
  role: components['schemas']['Role'] | undefined
  onOpen: (id: string) => void
}

/** Members see names and roles; who reads the log also sees when each was last here, and what they did. */
export function MemberTable({ org, members, role, onOpen }: Props) {
  const seesAll = role === 'admin' || role === 'auditor'
  return (
    <table className={styles.table}>
      <caption className="visually-hidden">{names.title}</caption>
      <thead>
        <tr>
          <th scope="col">{names.name}</th>
          <th scope="col">{names.role}</th>
          {seesAll && (
            <th scope="col" className={styles.wideOnly}>
              {names.lastActive}
            </th>
          )}
          <th scope="col" className={styles.wideOnly}>
            {names.joined}
          </th>
          {seesAll && (
            <th scope="col">
              <span className="visually-hidden">{names.actions}</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {members.map((member) => (
          <tr key={member.user.id}>
            <Who member={member} />
            {seesAll && (
              <td className={styles.wideOnly}>
                {member.last_active_at ? <Moment at={member.last_active_at} as="ago" /> : teamText.never}
              </td>
            )}
            <td className={styles.wideOnly}>
              <Moment at={member.joined_at} as="day" />
            </td>
            {seesAll && (
              <td className={styles.buttons}>
                <Actions org={org} member={member} onOpen={role === 'admin' ? onOpen : undefined} />
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Who({ member }: { member: Member }) {
  const isSelf = useSession()?.user.id === member.user.id
  return (
    <>
      <th scope="row">
        <span className={styles.main}>
          <span className={own.name}>
            <Text text={member.user.name} />
            {isSelf && <Tag text={teamText.you} />}
          </span>
          {member.user.email && (
            <span className={styles.sub}>
              <Text text={member.user.email} canBreakAtSign />
            </span>
          )}
        </span>
      </th>
      <td>{teamText.role[member.role].name}</td>
    </>
  )
}

type ActionsProps = { org: string; member: Member; onOpen: ((id: string) => void) | undefined }

function Actions({ org, member, onOpen }: ActionsProps) {
  const { id, name } = member.user
  return (
    <span className={own.actions}>
      <Link
        to="/o/$org/events"
        params={{ org }}
        search={{ actor: id }}
        className={own.activity}
        aria-label={names.activityOf(name)}
      >
        {names.activity}
      </Link>
      {onOpen && (
        <Button aria-label={names.manageNamed(name)} onPress={() => onOpen(id)}>
          {names.manage}
        </Button>
      )}
    </span>
  )
}
