import { t } from '../../../i18n'
import { useAnnouncement } from '../../../ui/announce'
import { DrawerBody } from '../../../ui/drawer-body'
import { DrawerFrame } from '../../../ui/drawer-frame'
import { DrawerNote } from '../../../ui/drawer-note'
import { DrawerSkeleton } from '../../../ui/drawer-skeleton'
import { StatePanel } from '../../../ui/state-panel'
import { visibleText } from '../../../ui/visible-text'
import { entryName, groupEntries } from '../model/entries'
import type { Entry } from '../model/types'
import type { ViewProps } from './catalog-view'
import { EntryDetails } from './entry-details'
import { TypeHeader } from './type-header'

const names = t.catalog.entry

type Props = Pick<ViewProps, 'url' | 'catalog' | 'organization'> & { action: string; onClose: () => void }

export function TypeDrawer({ url, catalog, organization, action, onClose }: Props) {
  const { entries, shown = [] } = catalog
  const entry = entries?.find((item) => item.action === action)
  const order = groupEntries(shown).flatMap((group) => group.entries)
  const place = order.findIndex((item) => item.action === action)
  useAnnouncement(entry && t.catalog.opened(visibleText(entryName(entry))))

  const open = (next: Entry | undefined) =>
    place >= 0 && next ? () => url.patch({ type: next.action }, { replace: true }) : undefined
  return (
    <DrawerFrame label={names.region} onClose={onClose}>
      <TypeHeader
        entry={entry}
        previous={open(order[place - 1])}
        next={open(order[place + 1])}
        onClose={onClose}
      />
      {entry && place < 0 && <DrawerNote text={names.outside} />}
      <DrawerBody>
        {entry && (
          <EntryDetails key={action} url={url} entry={entry} policy={organization.data?.unknown_actions} />
        )}
        {!entry && entries && (
          <StatePanel icon="search" title={names.missing} role="alert">
            <p>{names.missingDetail(visibleText(action))}</p>
          </StatePanel>
        )}
        {!entries && <DrawerSkeleton />}
      </DrawerBody>
    </DrawerFrame>
  )
}
