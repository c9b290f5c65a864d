import type { ReactNode } from 'react'
import styles from './filter-bar.module.css'

type Props = {
  label: string
  /** Something is open: on a phone that has the page to itself. */
  isCovered: boolean
  children: ReactNode
}

/** What narrows a list. */
export function FilterBar({ label, isCovered, children }: Props) {
  return (
    <section className={styles.bar} aria-label={label} data-covered={isCovered || undefined}>
      {children}
    </section>
  )
}
