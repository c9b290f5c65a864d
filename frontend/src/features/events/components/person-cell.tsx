import { eventsText } from '../../../i18n/events'
import { Avatar } from '../../../ui/avatar'
import { cx } from '../../../ui/cx'
import { Text } from '../../../ui/text'
import { visibleText } from '../../../ui/visible-text'
import { doneBy, isMachine } from '../model/people'
import type { AuditEvent } from '../model/types'
import styles from './cell-content.module.css'

type Props = { event: AuditEvent; hasTwoLines: boolean }

/** A long e-mail address goes on before its @ in the second line, where nobody else stands there. */
export function PersonCell({ event, hasTwoLines }: Props) {
  const name = doneBy(event.actor)
  const other = event.on_behalf_of ? doneBy(event.on_behalf_of) : undefined
  const canWrap = hasTwoLines && !other
  return (
    <span className={styles.person}>
      <Avatar name={event.actor.name || name} isMachine={isMachine(event.actor)} />
      <span className={styles.stack}>
        <span className={cx(styles.line, canWrap && styles.twoLines)} title={visibleText(name)}>
          <Text text={name} canBreakAtSign={canWrap} />
        </span>
        {other && (
          <span className={styles.second} title={visibleText(other)} data-second>
            <Text text={eventsText.forOther(other)} />
          </span>
        )}
      </span>
    </span>
  )
}
