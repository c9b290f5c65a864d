import { useCallback, useRef } from 'react'
import type { DrawerTab } from '../../../app/search-params'
import { eventsText } from '../../../i18n/events'
import { useAnnouncement } from '../../../ui/announce'
import { DrawerFrame } from '../../../ui/drawer-frame'
import { DrawerSkeleton } from '../../../ui/drawer-skeleton'
import { LazyPart } from '../../../ui/lazy-part'
import { SplitView } from '../../../ui/split-view'
import { visibleText } from '../../../ui/visible-text'
import { actionName } from '../model/people'
import { indexOfEvent, moveTo, type Row } from '../model/rows'
import { EmptyLog } from './empty-log'
import type { LogBodyProps } from './log-body'
import { LogList } from './log-list'
import { NoMatch } from './no-match'

const names = eventsText.drawer

const loadDrawer = async () => (await import('./event-drawer')).EventDrawer

type Props = LogBodyProps & { rows: readonly Row[] }

/** The list and, beside it, the drawer of the event that the URL names. */
export function LogGrid(props: Props) {
  const { url } = props
  const { patch } = url
  const openId = url.search.event
  const split = useRef<HTMLDivElement>(null)
  const focusOn = useCallback((part: string) => split.current?.querySelector<HTMLElement>(part)?.focus(), [])

  const onOpen = useCallback(
    (id: string) => (id === openId ? focusOn('aside') : patch({ event: id })),
    [patch, openId, focusOn],
  )
  const onClose = useCallback(() => {
    patch({ event: undefined, tab: undefined }, { replace: false })
    requestAnimationFrame(() => focusOn('[role=grid]'))
  }, [patch, focusOn])

  return (
    <SplitView
      ref={split}
      list={<ListHalf {...props} onOpen={onOpen} onClose={onClose} />}
      drawer={openId !== undefined && <OpenEvent {...props} id={openId} onOpen={onOpen} onClose={onClose} />}
    />
  )
}

type Handlers = { onOpen: (id: string) => void; onClose: () => void }

function ListHalf(props: Props & Handlers) {
  const { url, log, rows, packs, name } = props
  if (rows.length > 0) return <LogList {...props} />
  if (log.isFiltered) return <NoMatch search={url.search} patch={url.patch} packs={packs} />
  return <EmptyLog org={url.org} name={name} />
}

function OpenEvent({ url, rows, id, onOpen, onClose }: Props & Handlers & { id: string }) {
  const { org, search, patch } = url
  const known = eventAt(rows, indexOfEvent(rows, id))
  const onTab = (tab: DrawerTab) => patch({ tab: tab === 'details' ? undefined : tab }, { replace: true })
  useAnnouncement(known && eventsText.opened(visibleText(actionName(known))))
  const drawer = {
    org,
    id,
    known,
    newer: stepper(rows, id, -1, onOpen),
    older: stepper(rows, id, 1, onOpen),
    tab: search.tab ?? 'details',
    onTab,
    onClose,
  }
  return (
    <LazyPart
      load={loadDrawer}
      props={drawer}
      fallback={
        <DrawerFrame label={names.region} onClose={onClose}>
          <DrawerSkeleton />
        </DrawerFrame>
      }
      frame={(content) => (
        <DrawerFrame label={names.region} onClose={onClose} closeLabel={names.close}>
          {content}
        </DrawerFrame>
      )}
    />
  )
}

function eventAt(rows: readonly Row[], index: number) {
  const row = rows[index]
  return row?.kind === 'event' ? row.event : undefined
}

/** Undefined where there is nowhere to go: then there is no button either. */
function stepper(rows: readonly Row[], id: string, step: number, open: (id: string) => void) {
  const from = indexOfEvent(rows, id)
  if (from < 0) return undefined
  const next = rows[moveTo(rows, from, step)]
  return next && next.id !== id ? () => open(next.id) : undefined
}
