import { eventsText } from '../../../i18n/events'
import { Icon, type IconName } from '../../../ui/icon'
import { Text } from '../../../ui/text'
import { visibleText } from '../../../ui/visible-text'
import { activityTypeName } from '../model/columns'
import type { AuditEvent } from '../model/types'
import styles from './cell-content.module.css'

const activityIcons: Record<string, IconName> = {
  setting_update: 'sliders',
  system_configuration: 'server',
  user_action: 'user',
}

export function CategoryCell({ event }: { event: AuditEvent }) {
  const name = activityTypeName(event) ?? eventsText.notInCatalog
  return (
    <span className={styles.category}>
      <Icon name={activityIcons[event.activity_type ?? ''] ?? 'log'} />
      <span className={styles.stack}>
        <span className={styles.line} title={visibleText(name)}>
          <Text text={name} />
        </span>
        {event.category && (
          <span className={styles.second} title={visibleText(event.category)}>
            <Text text={event.category} />
          </span>
        )}
      </span>
    </span>
  )
}
