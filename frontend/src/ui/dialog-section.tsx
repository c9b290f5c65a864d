import type { FormEvent, ReactNode } from 'react'
import styles from './dialog-section.module.css'
import form from './form.module.css'

type Props = {
  title: string
  lead?: ReactNode
  /** Where it is a form of its own. */
  onSubmit?: (event: FormEvent<HTMLFormElement>) => void
  children: ReactNode
}

/** One of several things that a dialog offers to do. */
export function DialogSection({ title, lead, onSubmit, children }: Props) {
  const content = (
    <>
      <h3 className={styles.title}>{title}</h3>
      {lead && <p className={form.lead}>{lead}</p>}
      {children}
    </>
  )
  if (!onSubmit) return <section className={styles.section}>{content}</section>
  return (
    <form className={styles.section} onSubmit={onSubmit} noValidate>
      {content}
    </form>
  )
}
