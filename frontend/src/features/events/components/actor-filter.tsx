import { type FormEvent, useState } from 'react'
import { t } from '../../../i18n'
import { Icon } from '../../../ui/icon'
import styles from './actor-filter.module.css'

const names = t.events.filters

type Props = { value: string; onChange: (actor: string) => void }

/** Takes effect on Enter or on leaving the field. Remount it (key) when the URL changes the value. */
export function ActorFilter({ value, onChange }: Props) {
  const [draft, setDraft] = useState(value)

  function commit(text: string): void {
    if (text.trim() !== value) onChange(text.trim())
  }

  function onSubmit(event: FormEvent): void {
    event.preventDefault()
    commit(draft)
  }

  function onClear(): void {
    setDraft('')
    commit('')
  }

  return (
    <form className={styles.field} onSubmit={onSubmit}>
      <Icon name="user" />
      <input
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
