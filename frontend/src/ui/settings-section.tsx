import { type ReactNode, useId } from 'react'
import styles from './settings-page.module.css'

type Props = { title: string; lead?: string; tools?: ReactNode; children: ReactNode }

/** One part of a settings page, with a heading of its own. */
export function SettingsSection({ title, lead, tools, children }: Props) {
  const id = useId()
  return (
    <section className={styles.section} aria-labelledby={id}>
      <div className={styles.head}>
        <div className={styles.words}>
          <h2 id={id} className={styles.sectionTitle}>
            {title}
          </h2>
          {lead && <p className={styles.lead}>{lead}</p>}
        </div>
        {tools && <div className={styles.tools}>{tools}</div>}
      </div>
      {children}
    </section>
  )
}
