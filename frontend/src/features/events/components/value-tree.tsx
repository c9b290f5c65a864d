import { Text } from '../../../ui/text'
import { formatValue, isObject } from '../model/parameters'
import styles from './value-tree.module.css'

type Entry = { key: string; value: unknown }

function entriesOf(value: unknown): Entry[] | undefined {
  if (isObject(value)) return Object.entries(value).map(([key, item]) => ({ key, value: item }))
  if (Array.isArray(value)) return value.map((item: unknown, index) => ({ key: String(index), value: item }))
  return undefined
}

/** Any JSON as nested lists, text only. */
export function ValueTree({ value }: { value: unknown }) {
  const entries = entriesOf(value) ?? []
  return (
    <dl className={styles.tree}>
      {entries.map((entry) => (
        <TreeEntry key={entry.key} entry={entry} />
      ))}
    </dl>
  )
}

function TreeEntry({ entry }: { entry: Entry }) {
  const isBranch = (entriesOf(entry.value)?.length ?? 0) > 0
  return (
    <div className={isBranch ? styles.branch : styles.leaf}>
      <dt>
        <Text text={entry.key} />
      </dt>
      <dd>{isBranch ? <ValueTree value={entry.value} /> : <Text text={formatValue(entry.value)} />}</dd>
    </div>
  )
}
