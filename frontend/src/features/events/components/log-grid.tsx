import { lazy, Suspense, useCallback, useRef, useState } from 'react'
import type { DrawerTab } from '../../../app/search-params'
import { indexOfEvent, moveTo, type Row } from '../model/rows'
import { EventGrid } from './event-grid'
import type { LogBodyProps } from './log-body'
import styles from './log-view.module.css'
import { StatusLine } from './status-line'

const EventDrawer = lazy(async () => ({ default: (await import('./event-drawer')).EventDrawer }))

type Props = LogBodyProps & { rows: readonly Row[] }

/** The grid and, beside it, the drawer of the event that the URL names. */
export function LogGrid(props: Props) {
  const { url, rows } = props
  const { org, search, patch } = url
  const openId = search.event
  const list = useRef<HTMLDivElement>(null)

  const onOpen = useCallback((id: string) => patch({ event: id }), [patch])
  const onClose = useCallback(() => {
    patch({ event: undefined, tab: undefined }, { replace: false })
    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>('[role=grid]')?.focus())
  }, [patch])
  const onTab = (tab: DrawerTab) => patch({ tab: tab === 'details' ? undefined : tab }, { replace: true })

  return (
    <div className={styles.split} data-open={openId !== undefined || undefined}>
      <div ref={list} className={styles.list}>
        <LogList {...props} onOpen={onOpen} onClose={onClose} />
      </div>
      {openId !== undefined && (
        <Suspense fallback={null}>
          <EventDrawer
            org={org}
            id={openId}
            known={eventAt(rows, indexOfEvent(rows, openId))}
            newer={stepper(rows, openId, -1, onOpen)}
            older={stepper(rows, openId, 1, onOpen)}
            tab={search.tab ?? 'details'}
            onTab={onTab}
            onClose={onClose}
          />
        </Suspense>
      )}
    </div>
  )
}

type ListProps = Props & { onOpen: (id: string) => void; onClose: () => void }

function LogList({ url, log, preset, rows, onOpen, onClose }: ListProps) {
  const openId = url.search.event
  // The row that the keyboard is on; the open one, while there is one, and where it was after that.
  const [activeId, setActiveId] = useState(openId)
  if (openId !== undefined && openId !== activeId) setActiveId(openId)
  return (
    <>
      <EventGrid
        rows={rows}
        listKey={log.listKey}
        preset={preset}
        activeId={activeId}
        openId={openId}
        hasMore={log.hasMore}
        isBusy={log.isStale || log.isRefreshing}
        onActivate={setActiveId}
        onOpen={onOpen}
        onClose={onClose}
        onNearEnd={log.loadMoreByItself}
      />
      <StatusLine
        count={log.count}
        hasMore={log.hasMore}
        isLoading={log.isLoadingMore}
        hasFailed={log.hasLoadMoreFailed}
        isFiltered={log.isFiltered}
        onLoadMore={log.loadMore}
      />
    </>
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
