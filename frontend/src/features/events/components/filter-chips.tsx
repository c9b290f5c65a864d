import { useLayoutEffect, useRef } from 'react'
import { eventsText } from '../../../i18n/events'
import { Icon } from '../../../ui/icon'
import styles from './filter-chips.module.css'
import { focusFilters } from './focus'
import { type Chip, type ChipsProps, noFilters, useChips } from './use-chips'

const names = eventsText.filters

export function FilterChips(props: ChipsProps) {
  const chips = useChips(props)
  const { section, onRemoving } = useFocusAfterRemoval(chips.length)
  if (chips.length === 0) return null

  function onClear(): void {
    focusFilters()
    props.patch(noFilters)
  }

  return (
    <section
      ref={section}
      className={styles.chips}
      aria-label={names.active}
      data-covered={props.search.event !== undefined || undefined}
    >
      {chips.map((chip, index) => (
        <FilterChip key={chip.id} chip={chip} onRemoving={() => onRemoving(index)} />
      ))}
      <button type="button" className={styles.clear} onClick={onClear}>
        {names.clearAll}
      </button>
    </section>
  )
}

function FilterChip({ chip, onRemoving }: { chip: Chip; onRemoving: () => void }) {
  function onRemove(): void {
    onRemoving()
    chip.onRemove()
  }
  return (
    <span className={styles.chip}>
      <bdi className={styles.chipText}>{chip.text}</bdi>
      <button
        type="button"
        className={styles.remove}
        aria-label={names.remove(chip.text)}
        data-remove
        onClick={onRemove}
      >
        <Icon name="close" />
      </button>
    </span>
  )
}

/** The chip that takes the place of the removed one gets the focus; without any, the button that made them. */
function useFocusAfterRemoval(count: number) {
  const section = useRef<HTMLElement>(null)
  const removed = useRef<number>(undefined)
  // biome-ignore lint/correctness/useExhaustiveDependencies: it waits for the chip to be gone
  useLayoutEffect(() => {
    if (removed.current === undefined) return
    const buttons = [...(section.current?.querySelectorAll<HTMLElement>('[data-remove]') ?? [])]
    const next = buttons[Math.min(removed.current, buttons.length - 1)]
    removed.current = undefined
    if (next) next.focus()
    else focusFilters()
  }, [count])

  function onRemoving(index: number): void {
    removed.current = index
  }
  return { section, onRemoving }
}
