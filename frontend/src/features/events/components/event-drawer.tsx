import { useQuery } from '@tanstack/react-query'
import { type KeyboardEvent, useEffect, useRef } from 'react'
import type { DrawerTab } from '../../../app/search-params'
import { t } from '../../../i18n'
import { ProblemPanel } from '../../../ui/problem-panel'
import type { AuditEvent } from '../model/types'
import { eventQuery } from '../queries'
import { DrawerHeader } from './drawer-header'
import { DrawerTabs } from './drawer-tabs'
import styles from './event-drawer.module.css'

export type DrawerProps = {
  org: string
  id: string
  /** The event, when it is among the loaded rows. */
  known: AuditEvent | undefined
  newer: (() => void) | undefined
  older: (() => void) | undefined
  tab: DrawerTab
  onTab: (tab: DrawerTab) => void
  onClose: () => void
}

/** Beside the grid, not over it: the grid stays usable. On a narrow page it covers the grid and takes the focus. */
export function EventDrawer(props: DrawerProps) {
  const { org, id, known, tab, onTab, onClose } = props
  const { data: event, error, refetch } = useQuery(eventQuery(org, id, known))
  const region = useRef<HTMLElement>(null)

  useEffect(() => {
    const node = region.current
    if (node && window.getComputedStyle(node).position === 'absolute') node.focus()
  }, [])

  function onKeyDown(key: KeyboardEvent): void {
    if (key.key !== 'Escape' || key.defaultPrevented) return
    key.preventDefault()
    onClose()
  }

  return (
    <aside
      ref={region}
      className={styles.drawer}
      aria-label={t.events.drawer.region}
      tabIndex={-1}
      onKeyDown={onKeyDown}
    >
      <DrawerHeader {...props} event={event} />
      {!known && event && <p className={styles.outside}>{t.events.drawer.outside}</p>}
      {error && <ProblemPanel error={error} onRetry={() => void refetch()} />}
      {!event && !error && <DrawerSkeleton />}
      {event && <DrawerTabs event={event} tab={tab} onTab={onTab} />}
    </aside>
  )
}

function DrawerSkeleton() {
  return (
    <div className={styles.skeleton} role="status">
      <span className="visually-hidden">{t.events.drawer.loading}</span>
      {['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((line) => (
        <span key={line} className={styles.bone} />
      ))}
    </div>
  )
}
