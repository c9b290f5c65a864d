import { useQuery } from '@tanstack/react-query'
import { organizationQuery } from '../../api/organization'
import { ApiError } from '../../api/problem'
import { useSession } from '../../api/use-session'
import { t } from '../../i18n'
import { ForbiddenPage } from '../../ui/forbidden-page'
import { UnknownOrganization } from '../../ui/unknown-organization'
import { LogView } from './components/log-view'
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
  if (status === 404) return <UnknownOrganization />
  if (status === 403) {
    const { title, forbidden } = t.events
    const admins = organization.data?.admins ?? []
    const texts = { title, heading: forbidden.title, lead: forbidden.lead(name), place: name }
    return <ForbiddenPage {...texts} role={membership?.role} admins={admins} error={log.error} />
  }
  return <LogView key={url.org} url={url} log={log} organization={organization} name={name} />
}
