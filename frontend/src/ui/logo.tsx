import { t } from '../i18n'
import styles from './logo.module.css'

export function Logo() {
  return (
    <span className={styles.logo}>
      <svg className={styles.mark} viewBox="0 0 32 32" aria-hidden focusable="false">
        <rect className={styles.plate} width="32" height="32" rx="8" />
        <path className={styles.lines} d="M9 10.500h14M9 16h9M9 21.500h5" />
        <path className={styles.tick} d="m17.500 20.800 2.600 2.600 5-5.400" />
      </svg>
      {t.product}
    </span>
  )
}
