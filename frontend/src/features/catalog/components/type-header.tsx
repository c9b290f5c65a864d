import { t } from '../../../i18n'
import { Button } from '../../../ui/button'
import { Icon, type IconName } from '../../../ui/icon'
import { Text } from '../../../ui/text'
import { useCopy } from '../../../ui/use-copy'
import { entryName } from '../model/entries'
import type { Entry } from '../model/types'
import { EntryTags } from './entry-tags'
import styles from './type-drawer.module.css'

const names = t.catalog.entry

type Props = {
  entry: Entry | undefined
  previous: (() => void) | undefined
  next: (() => void) | undefined
  onClose: () => void
}

export function TypeHeader({ entry, previous, next, onClose }: Props) {
  return (
    <div className={styles.header}>
      <h2 className={styles.title}>{entry ? <Text text={entryName(entry)} /> : names.region}</h2>
      <div className={styles.buttons}>
        {previous && <IconButton icon="newer" label={names.previous} onPress={previous} />}
        {next && <IconButton icon="chevron" label={names.next} onPress={next} />}
        <CopyLink />
        <IconButton icon="close" label={names.close} onPress={onClose} />
      </div>
      {entry && (
        <p className={styles.subtitle}>
          {entry.known && (
            <code>
              <Text text={entry.action} />
            </code>
          )}
          <EntryTags entry={entry} />
        </p>
      )}
    </div>
  )
}

function IconButton({ icon, label, onPress }: { icon: IconName; label: string; onPress: () => void }) {
  return (
    <Button variant="ghost" isIcon aria-label={label} onPress={onPress}>
      <Icon name={icon} />
    </Button>
  )
}

function CopyLink() {
  const { state, copy } = useCopy()
  return (
    <>
      <IconButton
        icon={state === 'copied' ? 'check' : 'link'}
        label={state === 'copied' ? t.copied : names.copyLink}
        onPress={() => void copy(window.location.href)}
      />
      <span role="status" className={state === 'impossible' ? styles.note : 'visually-hidden'}>
        {state === 'copied' && t.copied}
        {state === 'impossible' && t.events.drawer.linkNeedsHttps}
      </span>
    </>
  )
}
