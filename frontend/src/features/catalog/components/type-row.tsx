import type { MouseEvent } from 'react'
import { catalogText } from '../../../i18n/catalog'
import { formatNumber } from '../../../i18n/format'
import { formatAgo, formatLocalAndUtc } from '../../../i18n/time'
import { CodeText } from '../../../ui/code-text'
import { cx } from '../../../ui/cx'
import { Text } from '../../../ui/text'
import { activityName, entryName } from '../model/entries'
import { ocsfClass } from '../model/taxonomy'
import type { Entry } from '../model/types'
import type { CatalogUrl } from '../use-catalog-url'
import { EntryTags } from './entry-tags'
import { isPlainClick } from './plain-click'
import styles from './type-row.module.css'
import table from './type-table.module.css'

type Props = {
  entry: Entry
  url: CatalogUrl
  nowMs: number
  isTabStop: boolean
  onActivate: (action: string) => void
}

export function TypeRow({ entry, url, nowMs, isTabStop, onActivate }: Props) {
  const { action, observed } = entry
  const isOpen = url.search.type === action
  return (
    <tr className={cx(table.line, styles.row)} data-open={isOpen || undefined}>
      <td className={table.cell}>
        <span className={styles.label}>
          <EntryLink entry={entry} url={url} isOpen={isOpen} isTabStop={isTabStop} onActivate={onActivate} />
          {entry.known && <EntryTags entry={entry} />}
        </span>
        {entry.known && (
          <code className={styles.under}>
            <CodeText text={action} />
          </code>
        )}
        {entry.description && <span className={styles.inPrint}>{entry.description}</span>}
      </td>
      <td className={cx(table.cell, table.action)}>
        <code className={styles.code}>
          <CodeText text={action} />
        </code>
      </td>
      <td className={cx(table.cell, table.kind)}>{activityName(entry) ?? catalogText.noValue}</td>
      <td className={cx(table.cell, table.ocsf)}>
        <OcsfClass ocsf={entry.ocsf} />
      </td>
      <td className={cx(table.cell, table.seen, !observed && styles.none)}>
        {observed ? formatNumber(observed.events) : 0}
      </td>
      <td className={cx(table.cell, table.last, !observed && styles.none)}>
        {observed ? (
          <time
            dateTime={observed.last_seen}
            title={catalogText.occurred(formatLocalAndUtc(observed.last_seen))}
          >
            {formatAgo(observed.last_seen, nowMs)}
          </time>
        ) : (
          catalogText.never
        )}
      </td>
    </tr>
  )
}

function OcsfClass({ ocsf }: { ocsf: Entry['ocsf'] }) {
  const found = ocsfClass(ocsf)
  if (!found) return catalogText.noValue
  return (
    <>
      {found.name} <span className={styles.uid}>{found.uid}</span>
    </>
  )
}

type LinkProps = Omit<Props, 'nowMs'> & { isOpen: boolean }

function EntryLink({ entry, url, isOpen, isTabStop, onActivate }: LinkProps) {
  const change = { type: entry.action, panel: undefined }

  function onClick(event: MouseEvent): void {
    if (!isPlainClick(event)) return
    event.preventDefault()
    if (!isOpen) url.patch(change, { replace: false })
  }

  return (
    <a
      href={url.hrefOf(change)}
      className={styles.link}
      data-entry={entry.action}
      tabIndex={isTabStop ? 0 : -1}
      aria-current={isOpen ? 'true' : undefined}
      onClick={onClick}
      onFocus={() => onActivate(entry.action)}
    >
      <Text text={entryName(entry)} />
    </a>
  )
}
