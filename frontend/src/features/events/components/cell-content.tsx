import type { Preset } from '../../../app/search-params'
import { eventsText } from '../../../i18n/events'
import { cx } from '../../../ui/cx'
import { Text } from '../../../ui/text'
import type { ColumnId } from '../model/columns'
import type { AuditEvent } from '../model/types'
import { ActionCell } from './action-cell'
import { CategoryCell } from './category-cell'
import styles from './cell-content.module.css'
import { ParametersCell } from './parameters-cell'
import { PersonCell } from './person-cell'
import { TimeCell } from './time-cell'

type Props = { event: AuditEvent; column: ColumnId; preset: Preset; isNarrow: boolean }

export function CellContent({ event, column, preset, isNarrow }: Props) {
  const hasTwoLines = !isNarrow && preset === 'blink'
  switch (column) {
    case 'category':
      return <CategoryCell event={event} />
    case 'action':
      return <ActionCell event={event} hasTwoLines={hasTwoLines} />
    case 'parameters':
      return <ParametersCell event={event} />
    case 'details':
      return <Line text={event.details} className={styles.clamp} />
    case 'workspace':
      return (
        <Line
          text={event.workspace?.name || event.workspace?.id}
          className={cx(styles.line, hasTwoLines && styles.twoLines)}
        />
      )
    case 'doneBy':
      return <PersonCell event={event} hasTwoLines={hasTwoLines} />
    case 'dateTime':
      return <TimeCell at={event.occurred_at} isStacked={hasTwoLines} isShort={isNarrow} />
  }
}

function Line({ text, className }: { text: string | undefined | null; className: string | undefined }) {
  if (!text) return <span className={styles.muted}>{eventsText.none}</span>
  return (
    <span className={className}>
      <Text text={text} />
    </span>
  )
}
