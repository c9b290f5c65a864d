import { catalogText } from '../../../i18n/catalog'
import { cx } from '../../../ui/cx'
import type { Entry } from '../model/types'
import styles from './entry-tags.module.css'

const names = catalogText

/** What is special about an entry, in words: unknown, deprecated, of a pack of one's own and in which version. */
export function EntryTags({ entry }: { entry: Entry }) {
  if (!entry.known) return <span className={cx(styles.tag, styles.unknown)}>{names.notInCatalog}</span>
  return (
    <>
      {entry.deprecated && <span className={cx(styles.tag, styles.warn)}>{names.deprecated}</span>}
      {entry.built_in === false && (
        <span className={styles.tag}>{`${names.custom} ${names.version(entry.version ?? 1)}`}</span>
      )}
    </>
  )
}
