import { apiUrl } from '../api/client'
import { t } from '../i18n'

type Operation = 'events/append_event' | 'events/list_events' | 'catalog/put_event_type'

/** Leads to what the API reference says of one operation. */
export function ReferenceLink({ operation }: { operation: Operation }) {
  return <a href={apiUrl(`/docs#/${operation}`)}>{t.shell.apiReference}</a>
}
