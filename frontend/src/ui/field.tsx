import { type ComponentProps, useId } from 'react'
import styles from './field.module.css'

type Props = Omit<ComponentProps<'input'>, 'className' | 'id'> & {
  label: string
  /** What to know before typing. */
  hint?: string | undefined
  /** What is wrong with what was typed. */
  error?: string | undefined
}

/** A plain labelled input: what the browser and password managers know best. */
export function Field({ label, hint, error, ...props }: Props) {
  const id = useId()
  // What is wrong takes the place of the hint, which it repeats.
  const about = error ? `${id}-error` : hint ? `${id}-hint` : undefined
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      <input
        {...props}
        id={id}
        className={styles.input}
        aria-invalid={error !== undefined || undefined}
        aria-describedby={about}
      />
      {hint && !error && (
        <p id={`${id}-hint`} className={styles.hint}>
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className={styles.error}>
          {error}
        </p>
      )}
    </div>
  )
}
