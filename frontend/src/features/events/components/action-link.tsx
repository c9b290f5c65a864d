import { Link, useParams } from '@tanstack/react-router'
import { eventsText } from '../../../i18n/events'
import { Text } from '../../../ui/text'

/** The action, and the way to what the catalog says of it. */
export function ActionLink({ action }: { action: string }) {
  const { org } = useParams({ strict: false })
  const code = (
    <code>
      <Text text={action} />
    </code>
  )
  if (org === undefined) return code
  return (
    <Link to="/o/$org/catalog" params={{ org }} search={{ type: action }} title={eventsText.drawer.inCatalog}>
      {code}
    </Link>
  )
}
