import type { FormEvent, ReactNode } from 'react'
import styles from './dialog-section.module.css'
import form from './form.module.css'

type Props = {
  title: string
  lead: string
  onSubmit: (event: FormEvent<HTMLFormElement>) => void
  children: ReactNode
}

/** One of several things that a dialog offers to do, with a form of its own. */
export function DialogSection({ title, lead, onSubmit, children }: Props) {
  return (
    <form className={styles.section} onSubmit={onSubmit} noValidate>
      <h3 className={styles.title}>{title}</h3>
      <p className={form.lead}>{lead}</p>
      {children}
    </form>
  )
}
