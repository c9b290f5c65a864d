import type { ReactNode, Ref } from 'react'
import styles from './split-view.module.css'

type Props = {
  list: ReactNode
  /** A DrawerFrame; nothing while nothing is open. */
  drawer: ReactNode
  ref?: Ref<HTMLDivElement>
}

/** A list and, beside it, what is open of it; where there is no room for both, only that. */
export function SplitView({ list, drawer, ref }: Props) {
  const isOpen = Boolean(drawer)
  return (
    <div ref={ref} className={styles.frame}>
      <div className={styles.split} data-open={isOpen || undefined}>
        <div className={styles.list}>{list}</div>
        {drawer}
      </div>
    </div>
  )
}
