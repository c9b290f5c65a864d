import type { ReactNode } from 'react'
import styles from './bare-page.module.css'

/** A page outside the shell. */
export function BarePage({ children }: { children: ReactNode }) {
  return <main className={styles.page}>{children}</main>
}
