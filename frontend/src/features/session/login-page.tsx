import { getRouteApi } from '@tanstack/react-router'
import { session } from '../../api/client'
import { t } from '../../i18n'
import { ConnectionNotices } from '../../ui/connection-notices'
import { Logo } from '../../ui/logo'
import { PageTitle } from '../../ui/page-title'
import { LoginForm } from './login-form'
import styles from './login-page.module.css'

const route = getRouteApi('/login')

export function LoginPage() {
  const search = route.useSearch()

  /** The rest happens by itself: a session on the login page leads to `next` (see the router). */
  async function onSignIn(email: string, password: string): Promise<void> {
    await session.signIn(email, password)
  }

  return (
    <div className={styles.page}>
      <ConnectionNotices />
      <main className={styles.main}>
        <div className={styles.card}>
          <Logo />
          <div className={styles.head}>
            <PageTitle title={t.login.title} />
            <p className={styles.lead}>{search.ended ? t.login.ended : t.login.lead}</p>
          </div>
          <LoginForm onSignIn={onSignIn} />
        </div>
      </main>
    </div>
  )
}
