import { Outlet, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { Dialog } from 'react-aria-components/Dialog'
import { Modal, ModalOverlay } from 'react-aria-components/Modal'
import { useSession } from '../api/use-session'
import { t } from '../i18n'
import { Button } from '../ui/button'
import { ConnectionNotices } from '../ui/connection-notices'
import { cx } from '../ui/cx'
import { Icon } from '../ui/icon'
import { Logo } from '../ui/logo'
import styles from './shell.module.css'
import { SideNav } from './side-nav'

export function Shell() {
  const session = useSession()
  const { org } = useParams({ strict: false })
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
      <ModalOverlay
        className={cx(styles.overlay)}
        isOpen={isNavOpen}
        onOpenChange={setIsNavOpen}
        isDismissable
      >
        <Modal className={cx(styles.drawer)}>
          <Dialog className={cx(styles.dialog)} aria-label={t.shell.nav}>
            {nav}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </div>
  )
}
