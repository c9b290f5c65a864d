import { profileText } from '../../i18n/profile'
import { Button } from '../../ui/button'
import { CopyButton } from '../../ui/copy-button'
import { Dialog } from '../../ui/dialog'
import form from '../../ui/form.module.css'
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

  return (
    <Dialog title={names.title} onClose={onClose} isFirm>
      <div className={form.form}>
        {isNew && <p>{names.on}</p>}
        <p className={form.lead}>{names.lead}</p>
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
        <div className={form.foot}>
          <span className={form.aside}>
            <CopyButton text={text} />
            <Button variant="ghost" onPress={onDownload}>
              {names.download}
            </Button>
            <Button variant="ghost" onPress={() => window.print()}>
              {names.print}
            </Button>
          </span>
          <Button variant="primary" onPress={onClose}>
            {names.stored}
          </Button>
        </div>
      </div>
    </Dialog>
  )
}
