import { Link } from '@tanstack/react-router'
import type { Session } from '../api/session'
import { t } from '../i18n'
import { Icon } from '../ui/icon'
import { Logo } from '../ui/logo'
import { Account } from './account'
import { OrgSwitcher } from './org-switcher'
import styles from './side-nav.module.css'

type Props = { session: Session; org: string | undefined; onNavigate: () => void }

export function SideNav({ session, org, onNavigate }: Props) {
  const membership = session.organizations.find((item) => item.slug === org)
  return (
    <nav className={styles.side} aria-label={t.shell.nav}>
      <div className={styles.head}>
        <Logo />
        <OrgSwitcher organizations={session.organizations} org={org} onNavigate={onNavigate} />
      </div>
      <div className={styles.nav}>
        {membership && (
          <Link
            to="/o/$org/events"
            params={{ org: membership.slug }}
            className={styles.link}
            onClick={onNavigate}
          >
            <Icon name="log" />
            {t.shell.auditLog}
          </Link>
        )}
      </div>
      <Account user={session.user} role={membership?.role} />
    </nav>
  )
}
