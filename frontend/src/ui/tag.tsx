import { cx } from './cx'
import styles from './tag.module.css'

type Props = { tone?: 'neutral' | 'ok' | 'warn' | 'danger'; text: string }

/** One word about a row. */
export function Tag({ tone = 'neutral', text }: Props) {
  return <span className={cx(styles.tag, styles[tone])}>{text}</span>
}
