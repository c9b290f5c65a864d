import { formatClock, formatDate, formatLocalAndUtc } from '../../../i18n/time'
import { cx } from '../../../ui/cx'
import styles from './cell-content.module.css'

type Props = {
  at: string
  isStacked: boolean
  /** The time alone: the day stands above. */
  isShort: boolean
}

export function TimeCell({ at, isStacked, isShort }: Props) {
  return (
    <time
      dateTime={at}
      title={formatLocalAndUtc(at)}
      className={cx(styles.time, isStacked && styles.stacked)}
    >
      <span className={styles.clock}>{formatClock(at)}</span>
      {!isShort && <span className={styles.date}>{formatDate(at)}</span>}
    </time>
  )
}
