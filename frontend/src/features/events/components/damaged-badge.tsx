import { eventsText } from '../../../i18n/events'
import { cx } from '../../../ui/cx'
import { Icon } from '../../../ui/icon'
import styles from './outcome-badge.module.css'

/** Marks an event that is not what was recorded. */
export function DamagedBadge() {
  return (
    <span className={cx(styles.badge, styles.failure)}>
      <Icon name="alert" />
      {eventsText.damaged.badge}
    </span>
  )
}
