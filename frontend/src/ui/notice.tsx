import type { ReactNode } from 'react'
import { cx } from './cx'
import { Icon, type IconName } from './icon'
import styles from './notice.module.css'

type Props = { tone: 'warn' | 'danger' | 'neutral'; icon?: IconName; children: ReactNode }

/** One line across a page or a part of it. */
export function Notice({ tone, icon = 'alert', children }: Props) {
  return (
    <div className={cx(styles.notice, styles[tone])} role={tone === 'danger' ? 'alert' : 'status'}>
      <Icon name={icon} />
      <div className={styles.body}>{children}</div>
    </div>
  )
}
