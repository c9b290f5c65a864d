import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { t } from '../i18n'
import { ProblemPanel } from '../ui/problem-panel'
import { StatePanel } from '../ui/state-panel'
import styles from './errors.module.css'

export function NotFoundPage() {
  useEffect(() => {
    document.title = t.titleOf([t.errors.notFound])
  }, [])
  return (
    <main className={styles.page}>
      <StatePanel icon="search" title={t.errors.notFound} isPage>
        <p>{t.errors.notFoundDetail}</p>
        <Link to="/">{t.errors.home}</Link>
      </StatePanel>
    </main>
  )
}

export function ErrorPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  return (
    <main className={styles.page}>
      <ProblemPanel
        error={error}
        isPage
        onRetry={() => {
          reset()
          void router.invalidate()
        }}
      />
    </main>
  )
}

/** The session could not even be asked for. */
export function StartFailedPage({ error }: { error: unknown }) {
  return (
    <main className={styles.page}>
      <ProblemPanel error={error} isPage onRetry={() => window.location.reload()} />
    </main>
  )
}
