import type { ReactNode } from 'react'
import { t } from '../i18n'
import { PageTitle } from './page-title'
import styles from './toolbar.module.css'
import { ToolbarButton } from './toolbar-button'

type Props = {
  title: string
  place: string
  /** What holds for all that is on the page, in one line. */
  note: string | undefined
  refreshId?: string
  isRefreshing: boolean
  onRefresh: () => void
  /** What else can be done with the page. */
  children: ReactNode
}

/** The title of a list, what it says of itself, and what can be done with it. */
export function Toolbar({ title, place, note, refreshId, isRefreshing, onRefresh, children }: Props) {
  return (
    <div className={styles.toolbar}>
      <PageTitle title={title} place={place} />
      <span className={styles.note}>{note}</span>
      <div className={styles.actions}>
        <ToolbarButton
          {...(refreshId !== undefined && { id: refreshId })}
          icon="refresh"
          label={t.refresh}
          text={isRefreshing ? t.refreshing : t.refresh}
          isBusy={isRefreshing}
          onPress={onRefresh}
        />
        {children}
      </div>
    </div>
  )
}
