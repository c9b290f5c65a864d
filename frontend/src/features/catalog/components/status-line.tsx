import { catalogText } from '../../../i18n/catalog'
import { formatClock } from '../../../i18n/time'
import { totals } from '../model/entries'
import type { Catalog } from '../use-catalog'
import styles from './catalog-view.module.css'

const names = catalogText

/** How much of the catalog is shown, and how much of the log its counts cover. */
export function StatusLine({ catalog }: { catalog: Catalog }) {
  const { entries = [], shown = [], isFiltered, asOf, fetchedAtMs } = catalog
  const { types, seen, unknown } = totals(entries)
  return (
    <p className={styles.status}>
      <span>{isFiltered ? names.statusShown(shown.length, entries.length) : names.status(types, seen)}</span>
      {!isFiltered && unknown > 0 && <span>{names.statusUnknown(unknown)}</span>}
      <span>{names.asOf(asOf, formatClock(new Date(fetchedAtMs)))}</span>
    </p>
  )
}
