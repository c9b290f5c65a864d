import { t } from '../../../i18n'
import { eventsText } from '../../../i18n/events'
import type { Log } from '../use-log'

const names = eventsText

/** Always says which of these it is: loading, failed, more to come, as much as fits, or the end. */
export function statusText(log: Log): string {
  if (log.isStale) return t.loading
  if (log.isLoadingMore) return names.loadingMore
  if (log.loadMoreError) return `${names.loadMoreFailed} ${log.loadMoreError.message}`
  return `${amount(log)} · ${names.asOf(log.asOf)}`
}

function amount({ count, hasMore, isFull, isFiltered }: Log): string {
  if (isFull) return names.full(count)
  if (hasMore) return names.loadedOfMore(count)
  return `${isFiltered ? names.endOfResults : names.endOfLog} · ${names.loaded(count)}`
}
