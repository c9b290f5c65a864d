import type { ReactNode } from 'react'
import { t } from '../i18n'
import { Button } from './button'
import { CopyButton } from './copy-button'
import form from './form.module.css'
import { Icon } from './icon'
import styles from './shown-once.module.css'

type Props = {
  lead: string
  label: string
  /** What is copied. */
  secret: string
  /** How it is shown where it is more than one word, with the other ways to keep it. */
  sheet?: { shown: ReactNode; tools: ReactNode }
  /** What closes it: only whoever says that it is kept goes on. */
  confirm?: string
  onStored: () => void
  /** What can be done with it at once. */
  children?: ReactNode
}

/** A secret that nobody can show again. */
export function ShownOnce({ lead, label, secret, sheet, confirm = t.stored, onStored, children }: Props) {
  return (
    <div className={styles.panel}>
      <p className={styles.lead}>
        <Icon name="alert" />
        {lead}
      </p>
      {sheet?.shown ?? (
        <div className={styles.secret}>
          <span className={styles.label}>{label}</span>
          <code className={styles.value}>{secret}</code>
          <CopyButton text={secret} variant="plain" />
        </div>
      )}
      {children}
      <div className={form.foot}>
        {sheet && (
          <span className={form.aside}>
            <CopyButton text={secret} />
            {sheet.tools}
          </span>
        )}
        <Button variant="primary" onPress={onStored}>
          {confirm}
        </Button>
      </div>
    </div>
  )
}
