import { useState } from 'react'
import { catalogText } from '../../../i18n/catalog'
import { useAnnouncement } from '../../../ui/announce'
import { focusTitle } from '../../../ui/focus'
import { ProblemPanel } from '../../../ui/problem-panel'
import { ProgressLine } from '../../../ui/progress-line'
import { SplitView } from '../../../ui/split-view'
import type { ViewProps } from './catalog-view'
import styles from './catalog-view.module.css'
import { CategoryNav } from './category-nav'
import { focusEntry, focusSettingsButton, soon } from './focus'
import { NoMatch } from './no-match'
import { SettingsDrawer } from './settings-drawer'
import { StatusLine } from './status-line'
import { TableSkeleton } from './table-skeleton'
import { TypeDrawer } from './type-drawer'
import { TypeTable } from './type-table'
import { useListKeys } from './use-list-keys'

/** The categories, the list, and beside it what the URL says is open. */
export function CatalogBody(props: ViewProps) {
  const { url, catalog } = props
  const { type, panel } = url.search

  function onClose(): void {
    url.patch({ type: undefined, panel: undefined }, { replace: false })
    soon(panel ? focusSettingsButton : focusEntry)
  }

  return (
    <div className={styles.workspace}>
      {catalog.isRefreshing && <ProgressLine />}
      <CategoryNav url={url} catalog={catalog} />
      <SplitView
        list={<ListHalf {...props} onClose={onClose} />}
        drawer={
          panel ? (
            <SettingsDrawer {...props} onClose={onClose} />
          ) : (
            type !== undefined && <TypeDrawer {...props} action={type} onClose={onClose} />
          )
        }
      />
    </div>
  )
}

type ListProps = ViewProps & { onClose: () => void }

function ListHalf({ url, catalog, organization, onClose }: ListProps) {
  const { entries, shown, error } = catalog
  const { type } = url.search
  // The entry that the keyboard is on; the open one, while there is one, and where it was after that.
  const [activeAction, setActiveAction] = useState(type)
  if (type !== undefined && type !== activeAction) setActiveAction(type)
  const onKeyDown = useListKeys(url, onClose)
  useAnnouncement(
    shown && (shown.length > 0 ? catalogText.shownCount(shown.length) : catalogText.noMatch.title),
  )

  function onRetry(): void {
    focusTitle()
    catalog.refresh()
  }

  if (error) return <ProblemPanel error={error} onRetry={onRetry} />
  if (!entries || !shown) return <TableSkeleton />
  if (shown.length === 0) return <NoMatch url={url} catalog={catalog} />
  return (
    <>
      <TypeTable
        url={url}
        catalog={catalog}
        entries={shown}
        policy={organization.data?.unknown_actions}
        activeAction={activeAction}
        onActivate={setActiveAction}
        onKeyDown={onKeyDown}
      />
      <StatusLine catalog={catalog} />
    </>
  )
}
