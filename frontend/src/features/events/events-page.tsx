import { useQuery } from '@tanstack/react-query'
import { ApiError } from '../../api/problem'
import { useSession } from '../../api/use-session'
import { t } from '../../i18n'
import { StatePanel } from '../../ui/state-panel'
import { ForbiddenLog } from './components/forbidden-log'
import { LogView } from './components/log-view'
import { organizationQuery } from './queries'
import { useEventsUrl } from './use-events-search'
import { useLog } from './use-log'

/** Decides whether there is a log to show; LogView shows it. */
export function EventsPage() {
  const url = useEventsUrl()
  const session = useSession()
  const membership = session?.organizations.find((item) => item.slug === url.org)
  const organization = useQuery(organizationQuery(url.org))
  const log = useLog(url)
  const name = organization.data?.name ?? membership?.name ?? url.org

  const status = log.error instanceof ApiError ? log.error.status : undefined
  if (status === 404) return <NoOrganization />
  if (status === 403) {
    const admins = organization.data?.admins ?? []
    return <ForbiddenLog name={name} role={membership?.role} admins={admins} error={log.error} />
  }
  return <LogView key={url.org} url={url} log={log} organization={organization} name={name} />
}

function NoOrganization() {
  return (
    <StatePanel icon="search" title={t.errors.orgNotFound} isPage>
      <p>{t.errors.orgNotFoundDetail}</p>
    </StatePanel>
  )
}
