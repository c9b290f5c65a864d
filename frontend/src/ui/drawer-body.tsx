import type { ReactNode } from 'react'
import styles from './drawer-frame.module.css'

/** What scrolls under the head of a drawer. */
export function DrawerBody({ children }: { children: ReactNode }) {
  return <div className={styles.body}>{children}</div>
}
