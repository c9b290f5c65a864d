import { Link } from '@tanstack/react-router'
import { type ReactNode, useId } from 'react'
import { apiUrl } from '../api/client'
import type { Session } from '../api/session'
import { useRole } from '../api/use-role'
import { t } from '../i18n'
import { cx } from '../ui/cx'
import { Icon, type IconName } from '../ui/icon'
import { Logo } from '../ui/logo'
import { Account } from './account'
import { OrgSwitcher } from './org-switcher'
import styles from './side-nav.module.css'

type Props = { session: Session; org: string | undefined; onNavigate: () => void }

export function SideNav({ session, org, onNavigate }: Props) {
  const role = useRole(org)
  return (
    <nav className={styles.side} aria-label={t.shell.nav}>
      <div className={styles.head}>
        <Logo />
        <OrgSwitcher organizations={session.organizations} org={org} onNavigate={onNavigate} />
      </div>
      <div className={styles.nav}>
        {org !== undefined && role !== undefined && role !== 'operator' && (
          <OrganizationLinks org={org} role={role} onNavigate={onNavigate} />
        )}
        {session.user.is_operator && <ServiceLinks onNavigate={onNavigate} />}
        <a className={cx(styles.link, styles.last)} href={apiUrl('/docs')}>
          <Icon name="code" />
          {t.shell.apiReference}
        </a>
      </div>
      <Account user={session.user} role={role} onNavigate={onNavigate} />
    </nav>
  )
}

type LinksProps = { org: string; role: NonNullable<ReturnType<typeof useRole>>; onNavigate: () => void }

/** What the role may see of the organization. */
function OrganizationLinks({ org, role, onNavigate }: LinksProps) {
  const place = { org, onNavigate }
  return (
    <>
      <NavLink {...place} to="/o/$org/events" icon="log">
        {t.shell.auditLog}
      </NavLink>
      <NavLink {...place} to="/o/$org/catalog" icon="book">
        {t.shell.catalog}
      </NavLink>
      <Group title={t.shell.settings}>
        {role !== 'member' && (
          <NavLink {...place} to="/o/$org/settings/keys" icon="key">
            {t.shell.keys}
          </NavLink>
        )}
        <NavLink {...place} to="/o/$org/settings/team" icon="people">
          {t.shell.team}
        </NavLink>
        <NavLink {...place} to="/o/$org/settings/organization" icon="sliders">
          {t.shell.organizationSettings}
        </NavLink>
      </Group>
    </>
  )
}

function ServiceLinks({ onNavigate }: { onNavigate: () => void }) {
  return (
    <Group title={t.shell.service}>
      <Link to="/operator" className={styles.link} onClick={onNavigate} activeOptions={{ exact: true }}>
        <Icon name="server" />
        {t.shell.organizations}
      </Link>
      <Link to="/operator/keys" className={styles.link} onClick={onNavigate}>
        <Icon name="key" />
        {t.shell.platformKeys}
      </Link>
    </Group>
  )
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  const id = useId()
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div className={styles.group} role="group" aria-labelledby={id}>
      <p id={id} className={styles.title}>
        {title}
      </p>
      {children}
    </div>
  )
}

type NavLinkProps = {
  to:
    | '/o/$org/events'
    | '/o/$org/catalog'
    | '/o/$org/settings/organization'
    | '/o/$org/settings/keys'
    | '/o/$org/settings/team'
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
