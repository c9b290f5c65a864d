import { useEffect, useRef } from 'react'
import { t } from '../../../i18n'
import { eventsText } from '../../../i18n/events'
import { Button } from '../../../ui/button'
import type { Log } from '../use-log'
import { focusGrid } from './focus'
import styles from './status-line.module.css'
import { statusText } from './status-text'

export function StatusLine({ log }: { log: Log }) {
  const hasPressed = useRef(false)

  // With the last page the button goes; whoever pressed it is led to the rows.
  useEffect(() => {
    if (!log.hasMore && hasPressed.current && document.activeElement === document.body) focusGrid()
    if (!log.hasMore) hasPressed.current = false
  }, [log.hasMore])

  function onPress(): void {
    hasPressed.current = true
    log.loadMore()
  }

  return (
    <div className={styles.line}>
      <span>{statusText(log)}</span>
      <span id="grid-keys" className={styles.keys}>
        {eventsText.keysHint}
      </span>
      {log.hasMore && (
        <Button variant="ghost" isBusy={log.isLoadingMore} onPress={onPress}>
          {log.loadMoreError ? t.retry : eventsText.loadMore}
        </Button>
      )}
    </div>
  )
}
