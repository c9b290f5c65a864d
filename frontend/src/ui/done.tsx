import styles from './done.module.css'
import { Icon } from './icon'
import { Text } from './text'

/** That something is done, where nothing else shows it. Said aloud by whoever did it. */
export function Done({ text }: { text: string }) {
  return (
    <p className={styles.done}>
      <Icon name="check" />
      <Text text={text} />
    </p>
  )
}
