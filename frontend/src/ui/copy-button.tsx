import { t } from '../i18n'
import { Button } from './button'
import styles from './copy-button.module.css'
import { Icon } from './icon'
import { useCopy } from './use-copy'

type Props = { text: string; label?: string; variant?: 'ghost' | 'plain' }

export function CopyButton({ text, label = t.copy, variant = 'ghost' }: Props) {
  const { state, copy } = useCopy()
  return (
    <span className={styles.wrap}>
      <Button variant={variant} onPress={() => copy(text)}>
        <Icon name={state === 'copied' ? 'check' : 'copy'} />
        {state === 'copied' ? t.copied : label}
      </Button>
      <span role="status" className={styles.note}>
        {state === 'impossible' && t.copyNeedsHttps}
      </span>
    </span>
  )
}
