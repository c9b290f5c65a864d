import { useState } from 'react'
import type { Row } from '../model/rows'
import { EventGrid } from './event-grid'
import type { LogBodyProps } from './log-body'
import { StatusLine } from './status-line'

type Props = LogBodyProps & {
  rows: readonly Row[]
  onOpen: (id: string) => void
  onClose: () => void
}

/** The grid and the line that says how much of the log it shows. */
export function LogList({ url, log, preset, rows, onOpen, onClose }: Props) {
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
      <StatusLine log={log} />
    </>
  )
}
