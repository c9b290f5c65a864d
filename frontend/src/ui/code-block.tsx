import styles from './code-block.module.css'
import { visibleText } from './visible-text'

type Props = { text: string; label: string }

/** Text to read and select. Long lines go on below, so nothing of it is out of sight. */
export function CodeBlock({ text, label }: Props) {
  return (
    <section className={styles.block} aria-label={label}>
      <pre className={styles.code}>{visibleText(text)}</pre>
    </section>
  )
}
