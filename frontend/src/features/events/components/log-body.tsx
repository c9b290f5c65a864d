import type { Preset } from '../../../app/search-params'
import { ProblemPanel } from '../../../ui/problem-panel'
import type { EventsUrl } from '../use-events-search'
import type { Log } from '../use-log'
import { GridSkeleton } from './grid-skeleton'
import { LogGrid } from './log-grid'
import { EmptyLog, NoMatch } from './log-states'
import styles from './log-view.module.css'

export type LogBodyProps = {
  url: EventsUrl
  log: Log
  preset: Preset
  isReady: boolean
  packs: readonly string[]
  name: string
}

export function LogBody(props: LogBodyProps) {
  return (
    <div className={styles.workspace}>
      {(props.log.isStale || props.log.isRefreshing) && <div className={styles.progress} />}
      <LogContent {...props} />
    </div>
  )
}

function LogContent(props: LogBodyProps) {
  const { url, log, preset, isReady, packs, name } = props
  if (log.error) return <ProblemPanel error={log.error} onRetry={log.retry} />
  if (!log.rows || !isReady) return <GridSkeleton preset={preset} />
  if (log.rows.length > 0 || url.search.event !== undefined) return <LogGrid {...props} rows={log.rows} />
  if (log.isFiltered) return <NoMatch search={url.search} patch={url.patch} packs={packs} />
  return <EmptyLog org={url.org} name={name} />
}
