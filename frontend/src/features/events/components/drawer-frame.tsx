import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react'
import { t } from '../../../i18n'
import { Button } from '../../../ui/button'
import { Icon } from '../../../ui/icon'
import styles from './drawer-frame.module.css'

type Props = {
  onClose: () => void
  /** With a Close of its own, where no header brings one. */
  hasClose?: boolean
  children: ReactNode
}

/** Beside the grid, not over it: the grid stays usable. On a narrow page it covers the grid and takes the focus. */
export function DrawerFrame({ onClose, hasClose = false, children }: Props) {
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
      {hasClose && (
        <div className={styles.close}>
          <Button variant="ghost" isIcon aria-label={t.events.drawer.close} onPress={onClose}>
            <Icon name="close" />
          </Button>
        </div>
      )}
      {children}
    </aside>
  )
}
