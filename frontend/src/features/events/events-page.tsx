import { eventsText } from '../../i18n/events'
import { OrganizationPage } from '../../ui/organization-page'
import { LogView } from './components/log-view'
import { useEventsUrl } from './use-events-search'
import { useLog } from './use-log'

/** Decides whether there is a log to show; LogView shows it. */
export function EventsPage() {
  const url = useEventsUrl()
  const log = useLog(url)
  return (
    <OrganizationPage org={url.org} error={log.error} names={eventsText}>
      {(organization, name) => (
        <LogView key={url.org} url={url} log={log} organization={organization} name={name} />
      )}
    </OrganizationPage>
  )
}
