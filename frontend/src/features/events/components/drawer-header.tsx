import { t } from '../../../i18n'
import { formatLocal, formatUtc, zoneName } from '../../../i18n/time'
import { Button } from '../../../ui/button'
import { Icon, type IconName } from '../../../ui/icon'
import { Text } from '../../../ui/text'
import { useCopy } from '../../../ui/use-copy'
import { actionName } from '../model/people'
import type { AuditEvent } from '../model/types'
import type { DrawerProps } from './event-drawer'
import styles from './event-drawer.module.css'
import { OutcomeBadge } from './outcome-badge'

type Props = Pick<DrawerProps, 'newer' | 'older' | 'onClose'> & { event: AuditEvent | undefined }

const names = t.events.drawer

export function DrawerHeader({ event, newer, older, onClose }: Props) {
  return (
    <div className={styles.header}>
      <div className={styles.heading}>
        <h2 className={styles.title}>
          {event ? <Text text={actionName(event)} /> : names.region}
          {event && <OutcomeBadge outcome={event.outcome} />}
        </h2>
      </div>
      <div className={styles.buttons}>
        {newer && <IconButton icon="newer" label={names.newer} onPress={newer} />}
        {older && <IconButton icon="chevron" label={names.older} onPress={older} />}
        <CopyLink />
        <IconButton icon="close" label={names.close} onPress={onClose} />
      </div>
      {event && <EventTime event={event} />}
    </div>
  )
}

function EventTime({ event }: { event: AuditEvent }) {
  return (
    <time className={styles.time} dateTime={event.occurred_at} title={formatUtc(event.occurred_at)}>
      {formatLocal(event.occurred_at)} · {zoneName()}
    </time>
  )
}

function IconButton({ icon, label, onPress }: { icon: IconName; label: string; onPress: () => void }) {
  return (
    <Button variant="ghost" isIcon aria-label={label} onPress={onPress}>
      <Icon name={icon} />
    </Button>
  )
}

function CopyLink() {
  const { state, copy } = useCopy()
  return (
    <>
      <IconButton
        icon={state === 'copied' ? 'check' : 'link'}
        label={state === 'copied' ? t.copied : names.copyLink}
        onPress={() => void copy(window.location.href)}
      />
      <span role="status" className={state === 'impossible' ? styles.time : 'visually-hidden'}>
        {state === 'copied' && t.copied}
        {state === 'impossible' && names.linkNeedsHttps}
      </span>
    </>
  )
}
