import { useQuery } from '@tanstack/react-query'
import { ApiError } from '../../../api/problem'
import type { DrawerTab } from '../../../app/search-params'
import { eventsText } from '../../../i18n/events'
import { DrawerFrame } from '../../../ui/drawer-frame'
import { DrawerNote } from '../../../ui/drawer-note'
import { DrawerSkeleton } from '../../../ui/drawer-skeleton'
import { ProblemPanel } from '../../../ui/problem-panel'
import { StatePanel } from '../../../ui/state-panel'
import type { AuditEvent } from '../model/types'
import { eventQuery } from '../queries'
import { DrawerTabs } from './drawer-tabs'
import { EventHeader } from './event-header'

export type DrawerProps = {
  org: string
  id: string
  /** The event, when it is among the loaded rows. */
  known: AuditEvent | undefined
  newer: (() => void) | undefined
  older: (() => void) | undefined
  tab: DrawerTab
  onTab: (tab: DrawerTab) => void
  onClose: () => void
}

export function EventDrawer(props: DrawerProps) {
  const { org, id, known, tab, onTab, onClose } = props
  const { data: event, error, refetch } = useQuery(eventQuery(org, id, known))
  return (
    <DrawerFrame label={eventsText.drawer.region} onClose={onClose}>
      <EventHeader {...props} event={event} />
      {!known && event && <DrawerNote text={eventsText.drawer.outside} />}
      {error && <NoEvent error={error} onRetry={() => void refetch()} />}
      {!event && !error && <DrawerSkeleton />}
      {event && <DrawerTabs event={event} tab={tab} onTab={onTab} />}
    </DrawerFrame>
  )
}

function NoEvent({ error, onRetry }: { error: Error; onRetry: () => void }) {
  if (!(error instanceof ApiError && error.isRefusal)) return <ProblemPanel error={error} onRetry={onRetry} />
  return (
    <StatePanel icon="search" title={eventsText.drawer.missing} role="alert">
      <p>{eventsText.drawer.missingDetail}</p>
    </StatePanel>
  )
}
