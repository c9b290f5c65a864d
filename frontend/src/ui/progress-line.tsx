import styles from './progress-line.module.css'

/** What is shown stays while the new is on its way; the line runs along the top of the positioned part around it. */
export function ProgressLine() {
  return <div className={styles.line} />
}
