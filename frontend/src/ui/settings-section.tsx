import { type ReactNode, useId } from 'react'
import { cx } from './cx'
import styles from './settings-page.module.css'

type Props = {
  title: string
  /** One word about it, beside its title. */
  tag?: ReactNode
  lead?: ReactNode
  tools?: ReactNode
  /** Draws a frame around it: for words and forms; tables bring their own. */
  isCard?: boolean
  children?: ReactNode
}

/** One part of a settings page, with a heading of its own. */
export function SettingsSection({ title, tag, lead, tools, isCard = false, children }: Props) {
  const id = useId()
  return (
    <section className={cx(styles.section, isCard && styles.card)} aria-labelledby={id}>
      <header className={styles.head}>
        <div className={styles.words}>
          <h2 className={styles.sectionTitle}>
            <span id={id}>{title}</span>
            {tag}
          </h2>
          {lead && <p className={styles.lead}>{lead}</p>}
        </div>
        {tools && <div className={styles.tools}>{tools}</div>}
      </header>
      {children}
    </section>
  )
}
