import { type ComponentProps, useId } from 'react'
import { cx } from './cx'
import styles from './field.module.css'

type Props = Omit<ComponentProps<'textarea'>, 'className' | 'id'> & {
  label: string
  hint?: string | undefined
  error?: string | undefined
  isMono?: boolean
}

/** A labelled field of several lines. */
export function TextArea({ label, hint, error, isMono = false, ...props }: Props) {
  const id = useId()
  const about = error ? `${id}-error` : hint ? `${id}-hint` : undefined
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      <textarea
        {...props}
        id={id}
        className={cx(styles.input, styles.area, isMono && styles.mono)}
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
