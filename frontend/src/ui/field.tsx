import { type ComponentProps, useId } from 'react'
import styles from './field.module.css'

type Props = Omit<ComponentProps<'input'>, 'className' | 'id'> & { label: string }

/** A plain labelled input: what the browser and password managers know best. */
export function Field({ label, ...props }: Props) {
  const id = useId()
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      <input {...props} id={id} className={styles.input} />
    </div>
  )
}
