import { profileText } from '../../i18n/profile'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { ShownOnce } from '../../ui/shown-once'
import styles from './codes-dialog.module.css'

const names = profileText.codes

type Props = { codes: readonly string[]; isNew: boolean; email: string; onClose: () => void }

/** Shown once, and so left only by somebody who says that they have them. */
export function CodesDialog({ codes, isNew, email, onClose }: Props) {
  const heading = names.heading(email)
  const text = `${codes.join('\n')}\n`

  function onDownload(): void {
    const url = URL.createObjectURL(new Blob([`${heading}\n\n${text}`], { type: 'text/plain' }))
    const link = document.createElement('a')
    Object.assign(link, { href: url, download: names.file })
    link.click()
    URL.revokeObjectURL(url)
  }

  const tools = (
    <>
      <Button variant="ghost" onPress={onDownload}>
        {names.download}
      </Button>
      <Button variant="ghost" onPress={() => window.print()}>
        {names.print}
      </Button>
    </>
  )
  const shown = <Sheet codes={codes} heading={heading} />
  return (
    <Dialog title={names.title} onClose={onClose} isFirm>
      {isNew && <p>{names.on}</p>}
      <ShownOnce
        lead={names.lead}
        label={names.list}
        secret={text}
        sheet={{ shown, tools }}
        confirm={names.stored}
        onStored={onClose}
      />
    </Dialog>
  )
}

function Sheet({ codes, heading }: { codes: readonly string[]; heading: string }) {
  return (
    <div className={styles.sheet}>
      <p className={styles.heading}>{heading}</p>
      <ul className={styles.codes} aria-label={names.list}>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
    </div>
  )
}
