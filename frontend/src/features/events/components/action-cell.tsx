import { cx } from '../../../ui/cx'
import { Text } from '../../../ui/text'
import { visibleText } from '../../../ui/visible-text'
import { actionName } from '../model/people'
import type { AuditEvent } from '../model/types'
import styles from './cell-content.module.css'
import { DamagedBadge } from './damaged-badge'
import { OutcomeBadge } from './outcome-badge'

type Props = { event: AuditEvent; hasTwoLines: boolean }

/** The label takes both lines where there are two, unless a badge needs the second. The code is in the title. */
export function ActionCell({ event, hasTwoLines }: Props) {
  const isBad = event.outcome === 'failure' || event.outcome === 'denied'
  const isDamaged = event.damaged === true
  const canWrap = hasTwoLines && !isBad && !isDamaged
  return (
    <span
      className={cx(hasTwoLines ? styles.stack : styles.action)}
      title={visibleText(`${actionName(event)}\n${event.action}`)}
    >
      <span className={cx(styles.name, canWrap && styles.twoLines)}>
        <Text text={actionName(event)} />
      </span>
      {(isBad || isDamaged) && (
        <span className={styles.badge}>
          {isDamaged && <DamagedBadge />}
          {isBad && <OutcomeBadge outcome={event.outcome} />}
        </span>
      )}
    </span>
  )
}
