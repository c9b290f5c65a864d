import type { Preset } from '../../../app/search-params'
import { eventsText } from '../../../i18n/events'
import { useAnnouncement } from '../../../ui/announce'
import { focusTitle } from '../../../ui/focus'
import { ProblemPanel } from '../../../ui/problem-panel'
import { ProgressLine } from '../../../ui/progress-line'
import type { EventsUrl } from '../use-events-search'
import type { Log } from '../use-log'
import { focusFilters } from './focus'
import { GridSkeleton } from './grid-skeleton'
import { LogGrid } from './log-grid'
import styles from './log-view.module.css'
import { statusText } from './status-text'
import { noFilters } from './use-chips'

export type LogBodyProps = {
  url: EventsUrl
  log: Log
  preset: Preset
  isReady: boolean
  /** Undefined as long as nobody knows. */
  packs: readonly string[] | undefined
  name: string
}

export function LogBody(props: LogBodyProps) {
  const { log } = props
  useAnnouncement(spokenState(log))
  return (
    <div className={styles.workspace}>
      {(log.isStale || log.isRefreshing) && <ProgressLine />}
      <LogContent {...props} />
    </div>
  )
}

/** An error is an alert and speaks for itself. */
function spokenState(log: Log): string | undefined {
  if (log.error || !log.rows || log.isStale) return undefined
  if (log.count > 0) return statusText(log)
  return log.isFiltered ? eventsText.noMatch.title : eventsText.empty.title
}

function LogContent(props: LogBodyProps) {
  const { url, log, preset, isReady } = props

  function onRetry(): void {
    focusTitle()
    log.retry()
  }

  function onClear(): void {
    focusFilters()
    url.patch(noFilters)
  }

  if (log.error)
    return <ProblemPanel error={log.error} onRetry={onRetry} onClear={log.isFiltered ? onClear : undefined} />
  if (!log.rows || !isReady) return <GridSkeleton preset={preset} />
  return <LogGrid {...props} rows={log.rows} />
}
