import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { apiUrl } from '../api/client'
import type { Session } from '../api/session'
import { t } from '../i18n'
import { cx } from '../ui/cx'
import { Icon, type IconName } from '../ui/icon'
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
          <>
            <NavLink to="/o/$org/events" org={membership.slug} icon="log" onNavigate={onNavigate}>
              {t.shell.auditLog}
            </NavLink>
            <NavLink to="/o/$org/catalog" org={membership.slug} icon="book" onNavigate={onNavigate}>
              {t.shell.catalog}
            </NavLink>
            <NavLink
              to="/o/$org/settings/organization"
              org={membership.slug}
              icon="sliders"
              onNavigate={onNavigate}
            >
              {t.shell.organizationSettings}
            </NavLink>
          </>
        )}
        {session.user.is_operator && (
          <Link to="/operator" className={styles.link} onClick={onNavigate}>
            <Icon name="server" />
            {t.shell.organizations}
          </Link>
        )}
        <a className={cx(styles.link, styles.last)} href={apiUrl('/docs')}>
          <Icon name="code" />
          {t.shell.apiReference}
        </a>
      </div>
      <Account user={session.user} role={membership?.role} onNavigate={onNavigate} />
    </nav>
  )
}

type NavLinkProps = {
  to: '/o/$org/events' | '/o/$org/catalog' | '/o/$org/settings/organization'
  org: string
  icon: IconName
  onNavigate: () => void
  children: ReactNode
}

function NavLink({ to, org, icon, onNavigate, children }: NavLinkProps) {
  return (
    <Link to={to} params={{ org }} className={styles.link} onClick={onNavigate}>
      <Icon name={icon} />
      {children}
    </Link>
  )
}
