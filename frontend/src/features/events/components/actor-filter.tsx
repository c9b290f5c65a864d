import { type FormEvent, useRef, useState } from 'react'
import { t } from '../../../i18n'
import { Icon } from '../../../ui/icon'
import styles from './actor-filter.module.css'

const names = t.events.filters

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

  function onSubmit(event: FormEvent): void {
    event.preventDefault()
    commit(draft)
  }

  function onClear(): void {
    input.current?.focus()
    setDraft('')
    commit('')
  }

  return (
    <form className={styles.field} onSubmit={onSubmit}>
      <Icon name="user" />
      <input
        ref={input}
        type="search"
        className={styles.input}
        aria-label={names.actor}
        placeholder={names.actorPlaceholder}
        enterKeyHint="search"
        autoComplete="off"
        spellCheck={false}
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={() => commit(draft)}
      />
      {draft !== '' && (
        <button type="button" className={styles.clear} aria-label={names.clearActor} onClick={onClear}>
          <Icon name="close" />
        </button>
      )}
    </form>
  )
}
