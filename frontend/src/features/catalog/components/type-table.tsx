import { type KeyboardEvent, useEffect, useRef } from 'react'
import { catalogText } from '../../../i18n/catalog'
import { cx } from '../../../ui/cx'
import { Text } from '../../../ui/text'
import { groupEntries, packName } from '../model/entries'
import type { Entry, UnknownActions } from '../model/types'
import type { Catalog } from '../use-catalog'
import type { CatalogUrl } from '../use-catalog-url'
import { CatalogIntro } from './catalog-intro'
import { TypeRow } from './type-row'
import styles from './type-table.module.css'

const names = catalogText.columns

type Props = {
  url: CatalogUrl
  catalog: Catalog
  entries: readonly Entry[]
  /** What becomes of actions that no pack knows; undefined as long as nobody knows. */
  policy: UnknownActions | undefined
  activeAction: string | undefined
  onActivate: (action: string) => void
  onKeyDown: (event: KeyboardEvent<HTMLElement>) => void
}

/** A plain table: the browser's Find sees all of it, and it prints. One Tab reaches it, arrows move in it. */
export function TypeTable(props: Props) {
  const { url, catalog, entries, policy, activeAction, onActivate, onKeyDown } = props
  const groups = groupEntries(entries)
  const scroller = useRef<HTMLDivElement>(null)
  const { type } = url.search
  useEffect(() => {
    if (type === undefined) return
    scroller.current?.querySelector('[data-entry][aria-current]')?.scrollIntoView({ block: 'nearest' })
  }, [type])

  const hasDrawer = type !== undefined || url.search.panel !== undefined
  const isThere = entries.some((entry) => entry.action === activeAction)
  const tabStop = isThere ? activeAction : groups[0]?.entries[0]?.action
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only helps the links in it
    <div ref={scroller} className={styles.scroller} onKeyDown={onKeyDown}>
      {!catalog.isFiltered && <CatalogIntro isFolded={hasDrawer} />}
      <table className={styles.table}>
        <caption className="visually-hidden">{`${catalogText.listLabel}. ${catalogText.keysHint}`}</caption>
        <TableHead />
        {groups.map((group) => (
          <tbody key={group.id} className={styles.body}>
            <tr className={styles.groupLine}>
              <th scope="rowgroup" colSpan={columns.length} className={styles.group}>
                <Text text={group.title} />
                <GroupNote pack={group.pack} policy={policy} />
              </th>
            </tr>
            {group.entries.map((entry) => (
              <TypeRow
                key={entry.action}
                entry={entry}
                url={url}
                nowMs={catalog.fetchedAtMs}
                isTabStop={entry.action === tabStop}
                onActivate={onActivate}
              />
            ))}
          </tbody>
        ))}
      </table>
    </div>
  )
}

/** Which pack the group is of; of actions that no pack knows, what becomes of them. */
function GroupNote({ pack, policy }: { pack: string | undefined } & Pick<Props, 'policy'>) {
  const note = pack === undefined ? policy && catalogText.unknownGroup[policy] : packName(pack)
  if (!note) return null
  return (
    <span className={styles.groupPack}>
      <Text text={note} />
    </span>
  )
}

const columns = [
  { title: names.event, style: undefined },
  { title: names.action, style: styles.action },
  { title: names.activityType, style: styles.kind },
  { title: names.ocsf, style: styles.ocsf },
  { title: names.seen, style: styles.seen },
  { title: names.lastSeen, style: styles.last },
]

function TableHead() {
  return (
    <thead className={styles.head}>
      <tr className={styles.line}>
        {columns.map((column) => (
          <th key={column.title} scope="col" className={cx(styles.cell, column.style)}>
            {column.title}
          </th>
        ))}
      </tr>
    </thead>
  )
}
