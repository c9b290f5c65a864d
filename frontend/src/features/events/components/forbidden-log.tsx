import { ApiError } from '../../../api/problem'
import type { Membership } from '../../../api/session'
import { t } from '../../../i18n'
import { PageTitle } from '../../../ui/page-title'
import { StatePanel } from '../../../ui/state-panel'
import type { Organization } from '../model/types'
import styles from './forbidden-log.module.css'

type Props = {
  name: string
  role: Membership['role'] | undefined
  admins: Organization['admins']
  error: unknown
}

/** Not a dead end: says who may, and who can change it. */
export function ForbiddenLog({ name, role, admins, error }: Props) {
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
              <bdi>{admin.name}</bdi> <a href={`mailto:${admin.email}`}>{admin.email}</a>
            </li>
          ))}
        </ul>
      </StatePanel>
    </div>
  )
}
