import { useRef, useState } from 'react'
import { eventsText } from '../../../i18n/events'
import { SearchField } from '../../../ui/search-field'

const names = eventsText.filters

type Props = { value: string; onChange: (actor: string) => void }

/** Takes effect on Enter or on leaving the field; follows the URL. */
export function ActorFilter({ value, onChange }: Props) {
  const input = useRef<HTMLInputElement>(null)
  const [draft, setDraft] = useState(value)
  const [lastValue, setLastValue] = useState(value)
  if (value !== lastValue) {
    setLastValue(value)
    setDraft(value)
  }

  function commit(text: string): void {
    if (text.trim() !== value) onChange(text.trim())
  }

  function onClear(): void {
    input.current?.focus()
    setDraft('')
    commit('')
  }

  return (
    <SearchField
      ref={input}
      icon="user"
      label={names.actor}
      placeholder={names.actorPlaceholder}
      clearLabel={names.clearActor}
      value={draft}
      onInput={setDraft}
      onSubmit={() => commit(draft)}
      onClear={onClear}
      onBlur={() => commit(draft)}
      isBelow
    />
  )
}
