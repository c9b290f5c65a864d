import type { UseInfiniteQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { t } from '../i18n'
import { Button } from './button'
import { DrawerSkeleton } from './drawer-skeleton'
import { FailedNotice } from './failed-notice'
import { ProblemPanel } from './problem-panel'
import styles from './settings-page.module.css'

type Props = {
  list: Pick<
    UseInfiniteQueryResult<unknown>,
    'error' | 'isPending' | 'isFetching' | 'hasNextPage' | 'isFetchingNextPage' | 'fetchNextPage' | 'refetch'
  >
  isEmpty: boolean
  empty: ReactNode
  children: ReactNode
}

/** A list in its frame: the rows, or why there are none, and the way to the next. */
export function ListFrame({ list, isEmpty, empty, children }: Props) {
  const hasFailed = list.error !== null && isEmpty
  return (
    <div className={styles.frame} aria-busy={list.isFetching}>
      {list.error && !isEmpty && <FailedNotice text={t.listFailed} onRetry={() => void list.refetch()} />}
      {!isEmpty && children}
      {list.isPending && <DrawerSkeleton />}
      {hasFailed && <ProblemPanel error={list.error} onRetry={() => void list.refetch()} />}
      {isEmpty && !list.isPending && !hasFailed && empty}
      {list.hasNextPage && (
        <div className={styles.foot}>
          <Button isBusy={list.isFetchingNextPage} onPress={() => void list.fetchNextPage()}>
            {t.more}
          </Button>
        </div>
      )}
    </div>
  )
}
