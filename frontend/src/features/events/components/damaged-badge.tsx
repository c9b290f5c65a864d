import { t } from '../../../i18n'
import { cx } from '../../../ui/cx'
import { Icon } from '../../../ui/icon'
import styles from './outcome-badge.module.css'

/** Marks an event that is not what was recorded. */
export function DamagedBadge() {
  return (
    <span className={cx(styles.badge, styles.failure)}>
      <Icon name="alert" />
      {t.events.damaged.badge}
    </span>
  )
}
