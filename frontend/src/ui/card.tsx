import { type ReactNode, useId } from 'react'
import styles from './card.module.css'

type Props = {
  title: string
  /** One word about it, beside its title. */
  tag?: ReactNode
  lead?: ReactNode
  actions?: ReactNode
  children?: ReactNode
}

/** A part of a page of settings. */
export function Card({ title, tag, lead, actions, children }: Props) {
  const id = useId()
  return (
    <section className={styles.card} aria-labelledby={id}>
      <header className={styles.head}>
        <div className={styles.words}>
          <h2 className={styles.title}>
            <span id={id}>{title}</span>
            {tag}
          </h2>
          {lead && <p className={styles.lead}>{lead}</p>}
        </div>
        {actions}
      </header>
      {children}
    </section>
  )
}
