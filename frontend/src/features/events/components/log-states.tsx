import { apiUrl } from '../../../api/client'
import { ApiError } from '../../../api/problem'
import type { Membership } from '../../../api/session'
import { t } from '../../../i18n'
import { Button } from '../../../ui/button'
import { CodeBlock } from '../../../ui/code-block'
import { CopyButton } from '../../../ui/copy-button'
import { PageTitle } from '../../../ui/page-title'
import { StatePanel } from '../../../ui/state-panel'
import { curlForFirstEvent } from '../model/filters'
import type { Organization } from '../model/types'
import type { EventsUrl } from '../use-events-search'
import { FilterNames, noFilters } from './filter-chips'
import styles from './log-states.module.css'

export function EmptyLog({ org, name }: { org: string; name: string }) {
  const command = curlForFirstEvent(apiUrl(`/v1/orgs/${org}/events`))
  return (
    <StatePanel icon="empty" title={t.events.empty.title} tone="accent">
      <p>{t.events.empty.lead(name)}</p>
      <CodeBlock text={command} label={t.events.empty.title} />
      <CopyButton text={command} />
    </StatePanel>
  )
}

type NoMatchProps = Pick<EventsUrl, 'search' | 'patch'> & { packs: readonly string[] }

export function NoMatch(props: NoMatchProps) {
  return (
    <StatePanel icon="search" title={t.events.noMatch.title} role="status">
      <p>{t.events.noMatch.lead}</p>
      <p>
        <FilterNames {...props} />
      </p>
      {props.search.actor && <p>{t.events.noMatch.actorHint}</p>}
      <Button onPress={() => props.patch(noFilters)}>{t.events.filters.clearAllLong}</Button>
    </StatePanel>
  )
}

type ForbiddenProps = {
  name: string
  role: Membership['role'] | undefined
  admins: Organization['admins']
  error: unknown
}

/** Not a dead end: says who may, and who can change it. */
export function ForbiddenLog({ name, role, admins, error }: ForbiddenProps) {
  const names = t.events.forbidden
  const isUsual = error instanceof ApiError && error.code === 'forbidden'
  return (
    <div className={styles.page}>
      <div className={styles.hiddenTitle}>
        <PageTitle title={t.events.title} place={name} />
      </div>
      <StatePanel icon="lock" title={names.title}>
        <p>{names.lead(name)}</p>
        {!isUsual && error instanceof ApiError && <p>{error.detail ?? error.title}</p>}
        {role && <p>{names.role(t.shell.role[role])}</p>}
        {admins.length === 0 && <p>{names.noAdmins}</p>}
        {admins.length > 0 && <p>{names.ask}</p>}
        <ul className={styles.admins}>
          {admins.map((admin) => (
            <li key={admin.email}>
              {admin.name} <a href={`mailto:${admin.email}`}>{admin.email}</a>
            </li>
          ))}
        </ul>
      </StatePanel>
    </div>
  )
}
