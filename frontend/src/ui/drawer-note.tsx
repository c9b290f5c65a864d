import styles from './drawer-frame.module.css'

/** A line under the head of a drawer, about what is in it. */
export function DrawerNote({ text }: { text: string }) {
  return <p className={styles.note}>{text}</p>
}
