import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type Grant, grantsQuery } from '../../api/break-glass'
import { teamText } from '../../i18n/team'
import { ListFrame } from '../../ui/list-frame'
import { Moment } from '../../ui/moment'
import styles from '../../ui/settings-page.module.css'
import { SettingsSection } from '../../ui/settings-section'
import { Tag } from '../../ui/tag'
import { Text } from '../../ui/text'
import own from './team.module.css'

const names = teamText.history

/** Who of the service's operators was in here, when and why. */
export function BreakGlassHistory({ org }: { org: string }) {
  const list = useInfiniteQuery(grantsQuery(org))
  const grants = list.data?.pages.flatMap((page) => page.data) ?? []
  return (
    <SettingsSection title={names.title} lead={names.lead}>
      <ListFrame
        list={list}
        isEmpty={grants.length === 0}
        empty={<p className={styles.plain}>{names.empty}</p>}
      >
        <table className={styles.table}>
          <caption className="visually-hidden">{names.title}</caption>
          <thead>
            <tr>
              <th scope="col">{names.who}</th>
              <th scope="col">{names.why}</th>
              <th scope="col" className={styles.wideOnly}>
                {names.when}
              </th>
              <th scope="col" className={styles.wideOnly}>
                {names.until}
              </th>
              <th scope="col" className={styles.wideOnly}>
                <span className="visually-hidden">{names.events}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {grants.map((grant) => (
              <Row key={grant.id} org={org} grant={grant} />
            ))}
          </tbody>
        </table>
      </ListFrame>
    </SettingsSection>
  )
}

function Row({ org, grant }: { org: string; grant: Grant }) {
  const { operator } = grant
  return (
    <tr>
      <th scope="row">
        <span className={styles.main}>
          <Text text={operator.name} />
          <span className={styles.sub}>
            <Text text={operator.email} canBreakAtSign />
          </span>
        </span>
      </th>
      <td>
        <p className={own.reason}>
          <Text text={grant.reason} />
        </p>
      </td>
      <td className={styles.wideOnly}>
        <Moment at={grant.granted_at} as="ago" />
      </td>
      <td className={styles.wideOnly}>
        {grant.state === 'open' ? (
          <Tag tone="warn" text={names.state.open} />
        ) : (
          names.lasted(minutesOf(grant))
        )}
      </td>
      <td className={styles.wideOnly}>
        <Link
          to="/o/$org/events"
          params={{ org }}
          search={{ actor: operator.id }}
          className={own.activity}
          aria-label={names.eventsOf(operator.name)}
        >
          {names.events}
        </Link>
      </td>
    </tr>
  )
}

function minutesOf(grant: Grant): number {
  const ms = Date.parse(grant.ended_at ?? grant.expires_at) - Date.parse(grant.granted_at)
  return Math.max(1, Math.round(ms / 60_000))
}
