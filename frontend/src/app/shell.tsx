import { Outlet } from '@tanstack/react-router'
import { useState } from 'react'
import { useSession } from '../api/use-session'
import { t } from '../i18n'
import { Button } from '../ui/button'
import { ConnectionNotices } from '../ui/connection-notices'
import { Icon } from '../ui/icon'
import { LiveRegion } from '../ui/live-region'
import { Logo } from '../ui/logo'
import { NavDrawer } from './nav-drawer'
import { Questions } from './questions'
import styles from './shell.module.css'
import { SideNav } from './side-nav'
import { usePlace } from './use-place'

export function Shell() {
  const session = useSession()
  const org = usePlace(session)
  const [isNavOpen, setIsNavOpen] = useState(false)
  if (!session) return null

  const nav = <SideNav session={session} org={org} onNavigate={() => setIsNavOpen(false)} />
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#content">
        {t.skipToContent}
      </a>
      <div className={styles.side}>{nav}</div>
      <div className={styles.column}>
        <ConnectionNotices />
        <header className={styles.bar}>
          <Button variant="ghost" isIcon aria-label={t.shell.openNav} onPress={() => setIsNavOpen(true)}>
            <Icon name="menu" />
          </Button>
          <Logo />
        </header>
        <main id="content" className={styles.main} tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      {isNavOpen && <NavDrawer onClose={() => setIsNavOpen(false)}>{nav}</NavDrawer>}
      <Questions />
      <LiveRegion />
    </div>
  )
}
