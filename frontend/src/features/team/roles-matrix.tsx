import { teamText } from '../../i18n/team'
import { cx } from '../../ui/cx'
import { Icon } from '../../ui/icon'
import styles from '../../ui/settings-page.module.css'
import { SettingsSection } from '../../ui/settings-section'
import { type MemberRole, roles } from './queries'
import own from './team.module.css'

const names = teamText.matrix

/** What each role may do, as docs/operators/members.md says it. */
const rights = [
  ['log', ['admin', 'auditor']],
  ['verify', ['admin', 'auditor']],
  ['people', ['admin', 'auditor', 'member']],
  ['keys', ['admin', 'auditor']],
  ['settings', ['admin']],
  ['invite', ['admin']],
] as const satisfies readonly (readonly [keyof typeof names.rows, readonly MemberRole[]])[]

export function RolesMatrix() {
  return (
    <SettingsSection title={names.title}>
      <div className={styles.frame}>
        <table className={cx(styles.table, own.matrix)}>
          <caption className="visually-hidden">{names.title}</caption>
          <thead>
            <tr>
              <th scope="col">{names.may}</th>
              {roles.map((role) => (
                <th key={role} scope="col">
                  {teamText.role[role].name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rights.map(([row, holders]) => (
              <tr key={row}>
                <th scope="row">{names.rows[row]}</th>
                {roles.map((role) => (
                  <td key={role}>
                    <Right isGiven={(holders as readonly MemberRole[]).includes(role)} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </SettingsSection>
  )
}

function Right({ isGiven }: { isGiven: boolean }) {
  if (!isGiven) return <span className={own.no}>{names.no}</span>
  return (
    <span className={own.yes}>
      <Icon name="check" />
      {names.yes}
    </span>
  )
}
