import type { ReactNode } from 'react'
import { cx } from './cx'
import { Icon, type IconName } from './icon'
import { PageTitle } from './page-title'
import styles from './state-panel.module.css'

type Props = {
  icon: IconName
  title: string
  tone?: 'neutral' | 'danger' | 'accent'
  /** True where the page has no other heading of the first level; the panel then is the page. */
  isPage?: boolean
  role?: 'alert' | 'status'
  children?: ReactNode
}

/** What a page or a part shows instead of its content: empty, failed, forbidden, not found. */
export function StatePanel({ icon, title, tone = 'neutral', isPage = false, role, children }: Props) {
  return (
    <section className={styles.panel} role={role}>
      <span className={cx(styles.badge, styles[tone])}>
        <Icon name={icon} />
      </span>
      {isPage ? <PageTitle title={title} /> : <h2 className={styles.title}>{title}</h2>}
      {children}
    </section>
  )
}
