import { useId } from 'react'
import styles from './choice-group.module.css'

export type Choice<T extends string> = { id: T; name: string; hint?: string | undefined }

type Props<T extends string> = {
  legend: string
  choices: readonly Choice<T>[]
  chosen: readonly T[]
  /** One of them, or any number. */
  kind: 'radio' | 'checkbox'
  onChange: (chosen: T[]) => void
  error?: string | undefined
}

/** A few choices, each with what it means. */
export function ChoiceGroup<T extends string>(props: Props<T>) {
  const { legend, choices, chosen, kind, onChange, error } = props
  const id = useId()

  function toggle(choice: T): void {
    if (kind === 'radio') onChange([choice])
    else if (chosen.includes(choice)) onChange(chosen.filter((item) => item !== choice))
    else onChange([...chosen, choice])
  }

  return (
    <fieldset className={styles.group} aria-describedby={error ? `${id}-error` : undefined}>
      <legend className={styles.legend}>{legend}</legend>
      {choices.map((choice) => (
        <label key={choice.id} className={styles.choice}>
          <input
            type={kind}
            name={id}
            checked={chosen.includes(choice.id)}
            onChange={() => toggle(choice.id)}
            aria-invalid={error !== undefined || undefined}
            aria-labelledby={`${id}-${choice.id}`}
            aria-describedby={choice.hint ? `${id}-${choice.id}-hint` : undefined}
          />
          <span>
            <span id={`${id}-${choice.id}`} className={styles.name}>
              {choice.name}
            </span>
            {choice.hint && (
              <span id={`${id}-${choice.id}-hint`} className={styles.hint}>
                {choice.hint}
              </span>
            )}
          </span>
        </label>
      ))}
      {error && (
        <p id={`${id}-error`} className={styles.error}>
          {error}
        </p>
      )}
    </fieldset>
  )
}
