import styles from './code-block.module.css'
import { visibleText } from './visible-text'

type Props = { text: string; label: string }

/** Text to read and select. It can scroll, so the keyboard must reach it. */
export function CodeBlock({ text, label }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={styles.scroller} tabIndex={0} aria-label={label}>
      <pre className={styles.code}>{visibleText(text)}</pre>
    </section>
  )
}
