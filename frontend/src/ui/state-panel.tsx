import type { ReactNode } from 'react'
import { cx } from './cx'
import { Icon, type IconName } from './icon'
import styles from './state-panel.module.css'

type Props = {
  icon: IconName
  title: string
  tone?: 'neutral' | 'danger' | 'accent'
  /** True where the page has no other heading of the first level. */
  isPage?: boolean
  role?: 'alert' | 'status'
  children?: ReactNode
}

/** What a page or a part shows instead of its content: empty, failed, forbidden, not found. */
export function StatePanel({ icon, title, tone = 'neutral', isPage = false, role, children }: Props) {
  const Heading = isPage ? 'h1' : 'h2'
  return (
    <section className={styles.panel} role={role}>
      <span className={cx(styles.badge, styles[tone])}>
        <Icon name={icon} />
      </span>
      <Heading className={styles.title} tabIndex={-1}>
        {title}
      </Heading>
      {children}
    </section>
  )
}
