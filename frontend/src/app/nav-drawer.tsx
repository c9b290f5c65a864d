import { type MouseEvent, type ReactNode, useLayoutEffect, useRef } from 'react'
import { t } from '../i18n'
import { Button } from '../ui/button'
import { Icon } from '../ui/icon'
import styles from './nav-drawer.module.css'

type Props = { onClose: () => void; children: ReactNode }

/** The navigation over the page, where there is no room beside it. The browser's own dialog keeps the focus in it. */
export function NavDrawer({ onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)

  // A layout effect, so that it closes while still in the document: only then does the browser give the focus back.
  useLayoutEffect(() => {
    const node = dialog.current
    node?.showModal()
    return () => node?.close()
  }, [])

  /** Outside the content, and so on the backdrop. */
  function onClick(event: MouseEvent): void {
    if (event.target === dialog.current) onClose()
  }

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the key is Escape, and the browser's
    <dialog
      ref={dialog}
      className={styles.drawer}
      aria-label={t.shell.nav}
      onCancel={onClose}
      onClick={onClick}
    >
      <div className={styles.content}>
        <div className={styles.close}>
          <Button variant="ghost" isIcon aria-label={t.shell.closeNav} onPress={onClose}>
            <Icon name="close" />
          </Button>
        </div>
        {children}
      </div>
    </dialog>
  )
}
