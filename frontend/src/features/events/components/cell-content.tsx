import type { Preset } from '../../../app/search-params'
import { t } from '../../../i18n'
import { Avatar } from '../../../ui/avatar'
import { cx } from '../../../ui/cx'
import { Icon, type IconName } from '../../../ui/icon'
import { activityTypeName, type ColumnId } from '../model/columns'
import { compactParameters } from '../model/parameters'
import { actionName, doneBy, isMachine } from '../model/people'
import { formatClock, formatDate, formatUtc } from '../model/time'
import type { AuditEvent } from '../model/types'
import styles from './cell-content.module.css'
import { OutcomeBadge } from './outcome-badge'

type Props = { event: AuditEvent; column: ColumnId; preset: Preset; isNarrow: boolean }

const activityIcons: Record<string, IconName> = {
  setting_update: 'sliders',
  system_configuration: 'server',
  user_action: 'user',
}

export function CellContent({ event, column, preset, isNarrow }: Props) {
  switch (column) {
    case 'category':
      return <CategoryCell event={event} />
    case 'action':
      return <ActionCell event={event} isStacked={!isNarrow && preset === 'blink'} />
    case 'parameters':
      return <ParametersCell event={event} />
    case 'details':
      return <span className={styles.clamp}>{event.details || <None />}</span>
    case 'workspace':
      return <span className={styles.line}>{event.workspace?.name || event.workspace?.id || <None />}</span>
    case 'doneBy':
      return <PersonCell event={event} />
    case 'dateTime':
      return <TimeCell event={event} isStacked={isNarrow || preset === 'blink'} />
  }
}

function None() {
  return <span className={styles.muted}>{t.events.none}</span>
}

function CategoryCell({ event }: { event: AuditEvent }) {
  const name = activityTypeName(event)
  return (
    <span className={styles.category}>
      <Icon name={activityIcons[event.activity_type ?? ''] ?? 'log'} />
      <span className={styles.stack}>
        <span className={styles.line}>{name ?? t.events.notInCatalog}</span>
        {event.category && (
          <span className={styles.second} title={event.category}>
            {event.category}
          </span>
        )}
      </span>
    </span>
  )
}

/** With two lines the outcome stands in the second, so that the name keeps its room. */
function ActionCell({ event, isStacked }: { event: AuditEvent; isStacked: boolean }) {
  const badge = <OutcomeBadge outcome={event.outcome} isQuiet />
  return (
    <span className={styles.stack}>
      <span className={styles.action} title={event.action}>
        <span className={styles.name}>{actionName(event)}</span>
        {!isStacked && badge}
      </span>
      {isStacked && (
        <span className={styles.action}>
          {badge}
          {event.label && <span className={styles.second}>{event.action}</span>}
        </span>
      )}
    </span>
  )
}

function ParametersCell({ event }: { event: AuditEvent }) {
  const pairs = compactParameters(event.parameters)
  if (pairs.length === 0) return <None />
  return (
    <span className={styles.clamp}>
      {pairs.map((pair) => (
        <span key={pair.key} className={styles.pair}>
          <span className={styles.key}>{pair.key}: </span>
          {pair.value}
        </span>
      ))}
    </span>
  )
}

function PersonCell({ event }: { event: AuditEvent }) {
  const name = doneBy(event.actor)
  const other = event.on_behalf_of ? doneBy(event.on_behalf_of) : undefined
  return (
    <span className={styles.person}>
      <Avatar name={event.actor.name || name} isMachine={isMachine(event.actor)} />
      <span className={styles.stack}>
        <span className={styles.line} title={name}>
          {name}
        </span>
        {other && (
          <span className={styles.second} title={other} data-second>
            {t.events.forOther(other)}
          </span>
        )}
      </span>
    </span>
  )
}

function TimeCell({ event, isStacked }: { event: AuditEvent; isStacked: boolean }) {
  const { occurred_at: at } = event
  return (
    <time dateTime={at} title={formatUtc(at)} className={cx(styles.time, isStacked && styles.stacked)}>
      <span className={styles.clock}>{formatClock(at)}</span>
      <span className={styles.date}>{formatDate(at)}</span>
    </time>
  )
}
