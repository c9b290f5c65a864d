import { eventsText } from '../../../i18n/events'
import { Text } from '../../../ui/text'
import { compactParameters } from '../model/parameters'
import type { AuditEvent } from '../model/types'
import styles from './cell-content.module.css'

export function ParametersCell({ event }: { event: AuditEvent }) {
  const pairs = compactParameters(event.parameters)
  if (pairs.length === 0) return <span className={styles.muted}>{eventsText.none}</span>
  return (
    <span className={styles.clamp}>
      {pairs.map((pair, index) => (
        <span key={pair.key}>
          {index > 0 && <span className={styles.muted}> · </span>}
          <span className={styles.key}>
            <Text text={pair.key} />:{' '}
          </span>
          <Text text={pair.value} />
        </span>
      ))}
    </span>
  )
}
