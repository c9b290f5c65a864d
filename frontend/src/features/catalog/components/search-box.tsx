import { type KeyboardEvent, useEffect, useState } from 'react'
import { catalogText } from '../../../i18n/catalog'
import { SearchField } from '../../../ui/search-field'
import styles from './catalog-filters.module.css'
import { focusFirstEntry, focusSearch, searchId } from './focus'

const names = catalogText.filters

type Props = { value: string; onChange: (q: string) => void }

/** Takes effect letter by letter; follows the URL. Enter and the arrow lead into the list. */
export function SearchBox({ value, onChange }: Props) {
  const { draft, onInput, onLeave } = useDraft(value, onChange)

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'ArrowDown') onLeave()
    else if (event.key === 'Escape' && draft !== '') onInput('')
    else return
    event.preventDefault()
  }

  function onClear(): void {
    focusSearch()
    onInput('')
  }

  return (
    <SearchField
      id={searchId}
      icon="search"
      label={names.search}
      placeholder={names.search}
      clearLabel={names.clearSearch}
      keyShortcut="/"
      value={draft}
      onInput={onInput}
      onSubmit={onLeave}
      onClear={onClear}
      onKeyDown={onKeyDown}
      hint={
        <kbd className={styles.key} title={names.searchHint} aria-hidden>
          /
        </kbd>
      }
    />
  )
}

/** What is typed, a moment ahead of the URL, and the way into the list once the URL has caught up. */
function useDraft(value: string, onChange: (q: string) => void) {
  const [draft, setDraft] = useState(value)
  const [lastValue, setLastValue] = useState(value)
  if (value !== lastValue) {
    setLastValue(value)
    // The URL has no spaces at the ends; here one is being typed.
    if (value !== draft.trim()) setDraft(value)
  }

  // The list is that of the URL: an entry that is about to go must not get the focus.
  const [isLeaving, setIsLeaving] = useState(false)
  useEffect(() => {
    if (!isLeaving || value !== draft.trim()) return
    setIsLeaving(false)
    focusFirstEntry()
  }, [isLeaving, value, draft])

  function onInput(text: string): void {
    setDraft(text)
    if (text.trim() !== value) onChange(text.trim())
  }

  return { draft, onInput, onLeave: () => setIsLeaving(true) }
}
