import type { ReactNode } from 'react'
import { Button } from './button'
import { CopyButton } from './copy-button'
import form from './form.module.css'
import { Icon } from './icon'
import styles from './shown-once.module.css'

type Props = {
  lead: string
  label: string
  secret: string
  /** What closes it: only whoever says that it is kept goes on. */
  confirm: string
  onStored: () => void
  /** What can be done with it at once. */
  children?: ReactNode
}

/** A secret that nobody can show again. */
export function ShownOnce({ lead, label, secret, confirm, onStored, children }: Props) {
  return (
    <div className={styles.panel}>
      <p className={styles.lead}>
        <Icon name="alert" />
        {lead}
      </p>
      <div className={styles.secret}>
        <span className={styles.label}>{label}</span>
        <code className={styles.value}>{secret}</code>
        <CopyButton text={secret} variant="plain" />
      </div>
      {children}
      <div className={form.foot}>
        <Button variant="primary" onPress={onStored}>
          {confirm}
        </Button>
      </div>
    </div>
  )
}
