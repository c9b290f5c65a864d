import styles from './field.module.css'
import { type Option, Select } from './select'

type Props = {
  label: string
  options: readonly Option[]
  value: string
  onChange: (id: string) => void
  hint?: string | undefined
}

/** A list to choose from, in a form. */
export function SelectField({ label, options, value, onChange, hint }: Props) {
  return (
    <div className={styles.field}>
      <span className={styles.label} aria-hidden>
        {label}
      </span>
      <Select label={label} options={options} value={value} onChange={onChange} isWide />
      {hint && <p className={styles.hint}>{hint}</p>}
    </div>
  )
}
