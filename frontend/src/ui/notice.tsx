import type { ReactNode } from 'react'
import { cx } from './cx'
import { Icon, type IconName } from './icon'
import styles from './notice.module.css'

type Props = { tone: 'warn' | 'danger' | 'neutral'; icon?: IconName; isBoxed?: boolean; children: ReactNode }

/** One line across a page or a part of it; boxed, where it stands among other things. */
export function Notice({ tone, icon = 'alert', isBoxed = false, children }: Props) {
  return (
    <div
      className={cx(styles.notice, styles[tone], isBoxed && styles.boxed)}
      role={tone === 'danger' ? 'alert' : 'status'}
    >
      <Icon name={icon} />
      <div className={styles.body}>{children}</div>
    </div>
  )
}
