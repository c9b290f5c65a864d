import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react'
import { Button } from './button'
import styles from './drawer-frame.module.css'
import { Icon } from './icon'

type Props = {
  /** What is in it, for those who move from part to part. */
  label: string
  onClose: () => void
  /** Gives it a Close of its own, where no header brings one. */
  closeLabel?: string
  children: ReactNode
}

/** Beside the list, not over it: the list stays usable. On a narrow page it covers the list and takes the focus. */
export function DrawerFrame({ label, onClose, closeLabel, children }: Props) {
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
    <aside ref={region} className={styles.drawer} aria-label={label} tabIndex={-1} onKeyDown={onKeyDown}>
      {closeLabel !== undefined && (
        <div className={styles.close}>
          <Button variant="ghost" isIcon aria-label={closeLabel} onPress={onClose}>
            <Icon name="close" />
          </Button>
        </div>
      )}
      {children}
    </aside>
  )
}
