import type { ReactNode } from 'react'
import styles from './list-page.module.css'

/** A page of a list: toolbar and filters above, the list in the room that is left. Its parts ask it how wide it is. */
export function ListPage({ children }: { children: ReactNode }) {
  return <div className={styles.page}>{children}</div>
}
