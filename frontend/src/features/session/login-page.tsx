import { getRouteApi } from '@tanstack/react-router'
import { session } from '../../api/client'
import { t } from '../../i18n'
import { CardPage } from '../../ui/card-page'
import { LoginForm } from './login-form'

const route = getRouteApi('/login')

export function LoginPage() {
  const search = route.useSearch()

  /** The rest happens by itself: a session on the login page leads to `next` (see the router). */
  async function onSignIn(email: string, password: string): Promise<void> {
    await session.signIn(email, password)
  }

  return (
    <CardPage title={t.login.title} lead={search.ended ? t.login.ended : t.login.lead}>
      <LoginForm onSignIn={onSignIn} />
    </CardPage>
  )
}
