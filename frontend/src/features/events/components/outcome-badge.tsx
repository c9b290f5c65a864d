import { eventsText } from '../../../i18n/events'
import { cx } from '../../../ui/cx'
import { Icon, type IconName } from '../../../ui/icon'
import type { AuditEvent } from '../model/types'
import styles from './outcome-badge.module.css'

const icons: Partial<Record<AuditEvent['outcome'], IconName>> = {
  success: 'check',
  failure: 'close',
  denied: 'denied',
}

type Props = {
  outcome: AuditEvent['outcome']
  /** Says only what needs looking at: failure and denied. */
  isQuiet?: boolean
}

export function OutcomeBadge({ outcome, isQuiet = false }: Props) {
  if (isQuiet && outcome !== 'failure' && outcome !== 'denied') return null
  const icon = icons[outcome]
  return (
    <span className={cx(styles.badge, styles[outcome])}>
      {icon && <Icon name={icon} />}
      {eventsText.outcome[outcome]}
    </span>
  )
}
