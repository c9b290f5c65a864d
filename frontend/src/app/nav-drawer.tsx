import type { ReactNode } from 'react'
import { Dialog } from 'react-aria-components/Dialog'
import { Modal, ModalOverlay } from 'react-aria-components/Modal'
import { t } from '../i18n'
import { Button } from '../ui/button'
import { cx } from '../ui/cx'
import { Icon } from '../ui/icon'
import styles from './nav-drawer.module.css'

type Props = { onClose: () => void; children: ReactNode }

/** The navigation over the page, where there is no room beside it. */
export function NavDrawer({ onClose, children }: Props) {
  return (
    <ModalOverlay className={cx(styles.overlay)} isOpen isDismissable onOpenChange={onClose}>
      <Modal className={cx(styles.drawer)}>
        <Dialog className={cx(styles.dialog)} aria-label={t.shell.nav}>
          <div className={styles.close}>
            <Button variant="ghost" isIcon aria-label={t.shell.closeNav} onPress={onClose}>
              <Icon name="close" />
            </Button>
          </div>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
