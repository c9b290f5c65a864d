import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { session } from '../api/client'
import { toApiError } from '../api/problem'
import type { Membership, Session } from '../api/session'
import { t } from '../i18n'
import { Avatar } from '../ui/avatar'
import { Button } from '../ui/button'
import { Icon } from '../ui/icon'
import styles from './account.module.css'
import { ThemeSwitch } from './theme-switch'

type Props = { user: Session['user']; role: Membership['role'] | undefined; onNavigate: () => void }

/** The foot of the navigation: who is signed in, as what, in which light. */
export function Account({ user, role, onNavigate }: Props) {
  const navigate = useNavigate()
  const [failure, setFailure] = useState<string>()
  const roleName = role ?? (user.is_operator ? 'operator' : undefined)

  async function onSignOut(): Promise<void> {
    try {
      await session.signOut()
      await navigate({ to: '/login', search: {}, replace: true })
    } catch (error) {
      setFailure(toApiError(error).title)
    }
  }

  return (
    <div className={styles.account}>
      <ThemeSwitch />
      <Link to="/profile" className={styles.person} title={t.shell.profile} onClick={onNavigate}>
        <Avatar name={user.name || user.email} />
        <span className={styles.who}>
          <span className={styles.name}>{user.name || user.email}</span>
          <span className={styles.meta}>{roleName ? t.shell.role[roleName] : user.email}</span>
        </span>
      </Link>
      <Button variant="ghost" onPress={onSignOut}>
        <Icon name="signOut" />
        {t.shell.signOut}
      </Button>
      {failure && <p role="alert">{failure}</p>}
    </div>
  )
}
