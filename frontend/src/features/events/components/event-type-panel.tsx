import { useQuery } from '@tanstack/react-query'
import { useRef } from 'react'
import { Autocomplete } from 'react-aria-components/Autocomplete'
import { Input } from 'react-aria-components/Input'
import { SearchField } from 'react-aria-components/SearchField'
import { t } from '../../../i18n'
import { eventsText } from '../../../i18n/events'
import { Button } from '../../../ui/button'
import { cx } from '../../../ui/cx'
import { Icon } from '../../../ui/icon'
import { typesOfPacks } from '../model/event-types'
import { eventTypesQuery } from '../queries'
import styles from './event-type-filter.module.css'
import { EventTypeList } from './event-type-list'

const names = eventsText.filters

export type PanelProps = {
  /** Undefined: not known, then every type is offered. */
  packs: readonly string[] | undefined
  selected: readonly string[]
  onChange: (actions: string[]) => void
}

function contains(text: string, input: string): boolean {
  return text.toLowerCase().includes(input.trim().toLowerCase())
}

export function EventTypePanel({ packs, selected, onChange }: PanelProps) {
  const { data, error, isPending, refetch } = useQuery(eventTypesQuery())
  const input = useRef<HTMLInputElement>(null)
  const types = typesOfPacks(data?.data ?? [], packs)

  function onClear(): void {
    input.current?.focus()
    onChange([])
  }

  return (
    <>
      <Autocomplete filter={contains}>
        <SearchField className={cx(styles.search)} aria-label={names.eventTypeSearch} autoFocus>
          <Icon name="search" />
          <Input
            ref={input}
            className={cx(styles.input)}
            placeholder={names.eventTypeSearch}
            role="combobox"
            aria-expanded={true}
          />
        </SearchField>
        <EventTypeList types={types} selected={selected} onChange={onChange} isLoading={isPending} />
      </Autocomplete>
      {error && (
        <div className={styles.foot} role="alert">
          {names.eventTypeFailed}
          <Button variant="ghost" onPress={() => void refetch()}>
            {t.retry}
          </Button>
        </div>
      )}
      {selected.length > 0 && (
        <div className={styles.foot}>
          <Button variant="ghost" onPress={onClear}>
            {names.clearTypes}
          </Button>
        </div>
      )}
    </>
  )
}
