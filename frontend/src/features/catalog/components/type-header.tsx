import { catalogText } from '../../../i18n/catalog'
import { DrawerHeader } from '../../../ui/drawer-header'
import { Text } from '../../../ui/text'
import { entryName } from '../model/entries'
import type { Entry } from '../model/types'
import { EntryTags } from './entry-tags'

const names = catalogText.entry

type Props = {
  entry: Entry | undefined
  previous: (() => void) | undefined
  next: (() => void) | undefined
  onClose: () => void
}

export function TypeHeader({ entry, ...props }: Props) {
  return (
    <DrawerHeader
      {...props}
      title={entry ? <Text text={entryName(entry)} /> : names.region}
      names={names}
      hasLink
    >
      {entry?.known && (
        <code>
          <Text text={entry.action} />
        </code>
      )}
      {entry && <EntryTags entry={entry} />}
    </DrawerHeader>
  )
}
