import { ApiError } from '../api/problem'
import type { components } from '../api/schema'
import type { Membership } from '../api/session'
import { t } from '../i18n'
import styles from './forbidden-page.module.css'
import { PageTitle } from './page-title'
import { StatePanel } from './state-panel'

type Props = {
  /** The page's own title. */
  title: string
  /** What is kept from whom. */
  heading: string
  lead: string
  place: string
  role: Membership['role'] | undefined
  admins: readonly components['schemas']['Contact'][]
  error: unknown
}

/** Not a dead end: says who may, and who can change it. */
export function ForbiddenPage({ title, heading, lead, place, role, admins, error }: Props) {
  const names = t.forbidden
  const isUsual = error instanceof ApiError && error.code === 'forbidden'
  return (
    <div className={styles.page}>
      <div className={styles.hiddenTitle}>
        <PageTitle title={title} place={place} />
      </div>
      <StatePanel icon="lock" title={heading}>
        <p>{lead}</p>
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
