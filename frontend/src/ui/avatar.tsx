import styles from './avatar.module.css'
import { Icon } from './icon'

type Props = { name: string; isMachine?: boolean }

function initials(name: string): string {
  const words =
    name
      .split('@')[0]
      ?.split(/[\s._-]+/)
      .filter(Boolean) ?? []
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]]
  return letters
    .map((word) => Array.from(word ?? '')[0] ?? '')
    .join('')
    .toUpperCase()
}

/** Decoration beside a name, never instead of one. */
export function Avatar({ name, isMachine = false }: Props) {
  return (
    <span className={styles.avatar} aria-hidden>
      {isMachine ? <Icon name="bot" /> : initials(name)}
    </span>
  )
}
