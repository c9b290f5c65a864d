import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { toApiError } from '../../api/problem'
import { t } from '../../i18n'
import { setupText } from '../../i18n/setup'
import { buttonClass } from '../../ui/button'
import { CardPage } from '../../ui/card-page'
import { ProblemPanel } from '../../ui/problem-panel'
import { setupQuery } from './queries'
import { SetupForm } from './setup-form'

const names = setupText

/** The first run: who holds the token makes the first organization and the first person. */
export function SetupPage() {
  const setup = useQuery(setupQuery())
  const navigate = useNavigate()

  function onDone(slug: string): void {
    void navigate({ to: '/o/$org/events', params: { org: slug }, replace: true })
  }

  if (setup.isPending) return null
  if (setup.error && toApiError(setup.error).status === 404)
    return (
      <CardPage title={names.doneTitle} lead={names.doneLead}>
        <Link to="/login" className={buttonClass({ variant: 'primary', isWide: true })}>
          {t.login.submit}
        </Link>
      </CardPage>
    )
  return (
    <CardPage title={names.title} lead={names.lead} isWide>
      {setup.error ? (
        <ProblemPanel error={setup.error} onRetry={() => void setup.refetch()} />
      ) : (
        <SetupForm token={window.location.hash.slice(1)} onDone={onDone} />
      )}
    </CardPage>
  )
}
