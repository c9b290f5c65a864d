import { cx } from './cx'
import { Icon, type IconName } from './icon'
import styles from './select.module.css'

export type Option = { id: string; label: string }

type Props = {
  label: string
  options: readonly Option[]
  value: string | null
  onChange: (id: string) => void
  icon?: IconName
  /** Shows the label before the value, where the value alone does not say what it is. */
  isLabelShown?: boolean
  placeholder?: string
  isWide?: boolean
}

/** The browser's own list, in our clothes. */
export function Select(props: Props) {
  const { label, options, value, onChange, icon, placeholder, isLabelShown, isWide } = props
  return (
    <span
      className={cx(
        styles.select,
        icon && styles.withIcon,
        isLabelShown && styles.withLabel,
        isWide && styles.wide,
      )}
    >
      {icon && <Icon name={icon} />}
      {isLabelShown && (
        <span className={styles.label} aria-hidden>
          {label}
        </span>
      )}
      <select
        className={styles.input}
        aria-label={label}
        value={value ?? ''}
        onChange={(event) => onChange(event.target.value)}
      >
        {value === null && (
          <option value="" disabled>
            {placeholder ?? label}
          </option>
        )}
        {options.map((option) => (
          <option key={option.id} value={option.id}>
            {option.label}
          </option>
        ))}
      </select>
      <Icon name="chevron" />
    </span>
  )
}
