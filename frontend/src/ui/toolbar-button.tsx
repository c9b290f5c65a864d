import { Button } from './button'
import { Icon, type IconName } from './icon'
import styles from './toolbar.module.css'

type Props = {
  icon: IconName
  /** What it is called, also where there is no room for its text. */
  label: string
  text?: string
  id?: string
  isBusy?: boolean
  onPress: () => void
  'aria-expanded'?: boolean
}

export function ToolbarButton({ icon, label, text = label, ...props }: Props) {
  return (
    <Button {...props} aria-label={label} title={label}>
      <Icon name={icon} />
      <span className={styles.text}>{text}</span>
    </Button>
  )
}
