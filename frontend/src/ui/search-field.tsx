import type { FormEvent, KeyboardEvent, ReactNode, Ref } from 'react'
import { cx } from './cx'
import { Icon, type IconName } from './icon'
import styles from './search-field.module.css'

type Props = {
  icon: IconName
  label: string
  placeholder: string
  clearLabel: string
  value: string
  onInput: (text: string) => void
  onSubmit: () => void
  onClear: () => void
  onBlur?: () => void
  onKeyDown?: (event: KeyboardEvent) => void
  /** On a phone it has a line of its own: below what it stands among, or where it is. */
  isBelow?: boolean
  /** Shown while nothing is typed. */
  hint?: ReactNode
  id?: string
  keyShortcut?: string
  ref?: Ref<HTMLInputElement>
}

/** A field that narrows a list by what is typed. What it keeps and when it takes effect is up to whoever uses it. */
export function SearchField(props: Props) {
  const { icon, value, onSubmit, isBelow = false, hint } = props

  function submit(event: FormEvent): void {
    event.preventDefault()
    onSubmit()
  }

  return (
    <form className={cx(styles.field, isBelow && styles.below)} onSubmit={submit}>
      <Icon name={icon} />
      <Input {...props} />
      {value === '' ? hint : <Clear {...props} />}
    </form>
  )
}

function Input({ id, ref, label, placeholder, value, keyShortcut, onInput, onBlur, onKeyDown }: Props) {
  return (
    <input
      id={id}
      ref={ref}
      type="search"
      className={styles.input}
      aria-label={label}
      aria-keyshortcuts={keyShortcut}
      placeholder={placeholder}
      enterKeyHint="search"
      autoComplete="off"
      spellCheck={false}
      value={value}
      onChange={(event) => onInput(event.target.value)}
      onBlur={onBlur}
      onKeyDown={onKeyDown}
    />
  )
}

function Clear({ clearLabel, onClear }: Pick<Props, 'clearLabel' | 'onClear'>) {
  return (
    <button type="button" className={styles.clear} aria-label={clearLabel} onClick={onClear}>
      <Icon name="close" />
    </button>
  )
}
