import { eventsText } from '../../../i18n/events'
import { formatLocal, formatUtc, zoneName } from '../../../i18n/time'
import { DrawerHeader } from '../../../ui/drawer-header'
import { Text } from '../../../ui/text'
import { actionName } from '../model/people'
import type { AuditEvent } from '../model/types'
import type { DrawerProps } from './event-drawer'
import styles from './event-drawer.module.css'
import { OutcomeBadge } from './outcome-badge'

type Props = Pick<DrawerProps, 'newer' | 'older' | 'onClose'> & { event: AuditEvent | undefined }

const names = eventsText.drawer

export function EventHeader({ event, newer, older, onClose }: Props) {
  return (
    <DrawerHeader
      title={event ? <Title event={event} /> : names.region}
      names={{ close: names.close, previous: names.newer, next: names.older }}
      previous={newer}
      next={older}
      hasLink
      onClose={onClose}
    >
      {event && (
        <time className={styles.time} dateTime={event.occurred_at} title={formatUtc(event.occurred_at)}>
          {formatLocal(event.occurred_at)} · {zoneName()}
        </time>
      )}
    </DrawerHeader>
  )
}

function Title({ event }: { event: AuditEvent }) {
  return (
    <>
      <Text text={actionName(event)} />
      <OutcomeBadge outcome={event.outcome} />
    </>
  )
}
