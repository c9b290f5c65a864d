import { type MouseEvent, type ReactNode, useId, useLayoutEffect, useRef } from 'react'
import { t } from '../i18n'
import { Button } from './button'
import styles from './dialog.module.css'
import { Icon } from './icon'

type Props = {
  title: ReactNode
  onClose: () => void
  /** Whether a click beside it, or Escape, closes it: not while something is shown that cannot be shown again. */
  isFirm?: boolean
  children: ReactNode
}

const firstField = ':is(input, select, textarea):not([hidden], [readonly], [type=radio])'

/** A question over the page. The browser's own dialog keeps the focus in it and gives it back. */
export function Dialog({ title, onClose, isFirm = false, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()

  // A layout effect, so that it closes while still in the document: only then does the browser give the focus back.
  useLayoutEffect(() => {
    const node = dialog.current
    node?.showModal()
    // The browser would choose the button that closes it.
    node?.querySelector<HTMLElement>(firstField)?.focus()
    return () => node?.close()
  }, [])

  /** Outside the content, and so on the backdrop. */
  function onClick(event: MouseEvent): void {
    if (event.target === dialog.current && !isFirm) onClose()
  }

  /** The browser has closed it by itself, as it does when Escape comes again and again. */
  function onClosed(): void {
    if (!dialog.current || dialog.current.open) return
    if (isFirm) dialog.current.showModal()
    else onClose()
  }

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the key is Escape, and the browser's
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        if (!isFirm) onClose()
      }}
      onClose={onClosed}
      onClick={onClick}
    >
      <div className={styles.content}>
        <header className={styles.header}>
          <h2 id={id} className={styles.title}>
            {title}
          </h2>
          {!isFirm && (
            <Button variant="ghost" isIcon aria-label={t.close} onPress={onClose}>
              <Icon name="close" />
            </Button>
          )}
        </header>
        {children}
      </div>
    </dialog>
  )
}
