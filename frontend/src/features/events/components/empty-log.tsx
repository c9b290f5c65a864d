import { Link } from '@tanstack/react-router'
import { apiUrl } from '../../../api/client'
import { eventsText } from '../../../i18n/events'
import { CodeBlock } from '../../../ui/code-block'
import { CopyButton } from '../../../ui/copy-button'
import { StatePanel } from '../../../ui/state-panel'
import { curlForFirstEvent, makeKeyCommand } from '../model/filters'

const names = eventsText.empty

export function EmptyLog({ org, name }: { org: string; name: string }) {
  const command = curlForFirstEvent(apiUrl(`/v1/orgs/${org}/events`))
  return (
    <StatePanel icon="empty" title={names.title} tone="accent">
      <p>{names.lead(name)}</p>
      <CodeBlock text={command} label={names.title} />
      <CopyButton text={command} />
      <p>{names.keys(makeKeyCommand)}</p>
      <Link to="/o/$org/catalog" params={{ org }}>
        {names.catalog}
      </Link>
    </StatePanel>
  )
}
