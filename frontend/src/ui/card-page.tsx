import type { ReactNode } from 'react'
import styles from './card-page.module.css'
import { ConnectionNotices } from './connection-notices'
import { Logo } from './logo'
import { PageTitle } from './page-title'

type Props = { title: string; lead: ReactNode; isWide?: boolean; children: ReactNode }

/** A page before the sign-in: one card with one thing to do. */
export function CardPage({ title, lead, isWide = false, children }: Props) {
  return (
    <div className={styles.page}>
      <ConnectionNotices />
      <main className={styles.main}>
        <div className={isWide ? styles.wide : styles.card}>
          <Logo />
          <div className={styles.head}>
            <PageTitle title={title} />
            <p className={styles.lead}>{lead}</p>
          </div>
          {children}
        </div>
      </main>
    </div>
  )
}
