import { t } from '../../../i18n'
import { Button } from '../../../ui/button'
import styles from './status-line.module.css'

type Props = {
  count: number
  hasMore: boolean
  isLoading: boolean
  hasFailed: boolean
  isFiltered: boolean
  onLoadMore: () => void
}

/** Always says which of these it is: loading, more to come, or the end. */
export function StatusLine({ count, hasMore, isLoading, hasFailed, isFiltered, onLoadMore }: Props) {
  const end = isFiltered ? t.events.endOfResults : t.events.endOfLog
  return (
    <div className={styles.line}>
      <span role="status">
        {isLoading && t.events.loadingMore}
        {!isLoading && hasFailed && t.events.loadMoreFailed}
        {!isLoading &&
          !hasFailed &&
          (hasMore ? t.events.loadedOfMore(count) : `${end} · ${t.events.loaded(count)}`)}
      </span>
      <span id="grid-keys" className={styles.keys}>
        {t.events.keysHint}
      </span>
      {hasMore && (
        <Button variant="ghost" isDisabled={isLoading} onPress={onLoadMore}>
          {t.events.loadMore}
        </Button>
      )}
    </div>
  )
}
