import type { ReactNode } from 'react'
import { t } from '../i18n'
import styles from './drawer-header.module.css'
import { IconButton } from './icon-button'
import { useCopy } from './use-copy'

type Props = {
  title: ReactNode
  names: { close: string; previous?: string; next?: string }
  /** Absent where there is nowhere to go: then there is no button either. */
  previous?: (() => void) | undefined
  next?: (() => void) | undefined
  /** Whether the address leads to this very thing, and so is worth copying. */
  hasLink?: boolean
  onClose: () => void
  /** The second line. */
  children?: ReactNode
}

/** The head of what is open beside a list: what it is, the ones before and after it, its link, and the way out. */
export function DrawerHeader({ title, names, previous, next, hasLink = false, onClose, children }: Props) {
  return (
    <div className={styles.header}>
      <h2 className={styles.title}>{title}</h2>
      <div className={styles.buttons}>
        {previous && <IconButton icon="newer" label={names.previous ?? ''} onPress={previous} />}
        {next && <IconButton icon="chevron" label={names.next ?? ''} onPress={next} />}
        {hasLink && <CopyLink />}
        <IconButton icon="close" label={names.close} onPress={onClose} />
      </div>
      <div className={styles.second}>{children}</div>
    </div>
  )
}

function CopyLink() {
  const { state, copy } = useCopy()
  return (
    <>
      <IconButton
        icon={state === 'copied' ? 'check' : 'link'}
        label={state === 'copied' ? t.copied : t.copyLink}
        onPress={() => void copy(window.location.href)}
      />
      <span role="status" className={state === 'impossible' ? styles.note : 'visually-hidden'}>
        {state === 'copied' && t.copied}
        {state === 'impossible' && t.linkNeedsHttps}
      </span>
    </>
  )
}
