import { Header } from 'react-aria-components/Header'
import { ListBox, ListBoxItem, ListBoxSection, type Selection } from 'react-aria-components/ListBox'
import { t } from '../../../i18n'
import { eventsText } from '../../../i18n/events'
import { cx } from '../../../ui/cx'
import { Icon } from '../../../ui/icon'
import popover from '../../../ui/popover.module.css'
import { groupByCategory } from '../model/event-types'
import type { EventType } from '../model/types'
import styles from './event-type-filter.module.css'

type Props = {
  types: readonly EventType[]
  selected: readonly string[]
  onChange: (actions: string[]) => void
  isLoading: boolean
}

/** Grouped by category, several may be chosen; each choice takes effect at once. */
export function EventTypeList({ types, selected, onChange, isLoading }: Props) {
  function onSelectionChange(keys: Selection): void {
    onChange(keys === 'all' ? types.map((type) => type.action) : [...keys].map(String))
  }

  return (
    <ListBox
      className={cx(styles.list)}
      aria-label={eventsText.filters.eventType}
      selectionMode="multiple"
      escapeKeyBehavior="none"
      selectedKeys={selected}
      onSelectionChange={onSelectionChange}
      renderEmptyState={() => (
        <p className={styles.none}>{isLoading ? t.loading : eventsText.filters.eventTypeNone}</p>
      )}
    >
      {groupByCategory(types).map((group) => (
        <ListBoxSection key={group.category} id={`category ${group.category}`}>
          <Header className={cx(styles.group)}>{group.category}</Header>
          {group.types.map((type) => (
            <TypeItem key={type.action} type={type} />
          ))}
        </ListBoxSection>
      ))}
    </ListBox>
  )
}

function TypeItem({ type }: { type: EventType }) {
  return (
    <ListBoxItem
      id={type.action}
      textValue={`${type.label} ${type.action} ${type.category}`}
      className={cx(popover.item)}
    >
      {({ isSelected }) => (
        <>
          <span className={cx(styles.box, isSelected && styles.boxOn)}>
            {isSelected && <Icon name="check" />}
          </span>
          <span className={styles.label}>{type.label}</span>
          <code className={popover.hint}>{type.action}</code>
        </>
      )}
    </ListBoxItem>
  )
}
