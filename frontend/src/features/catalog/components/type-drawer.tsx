import { catalogText } from '../../../i18n/catalog'
import { useAnnouncement } from '../../../ui/announce'
import { DrawerBody } from '../../../ui/drawer-body'
import { DrawerFrame } from '../../../ui/drawer-frame'
import { DrawerNote } from '../../../ui/drawer-note'
import { DrawerSkeleton } from '../../../ui/drawer-skeleton'
import { LazyPart } from '../../../ui/lazy-part'
import { StatePanel } from '../../../ui/state-panel'
import { visibleText } from '../../../ui/visible-text'
import { entryName, groupEntries } from '../model/entries'
import type { Entry } from '../model/types'
import type { ViewProps } from './catalog-view'
import { TypeHeader } from './type-header'

const names = catalogText.entry

const loadDetails = async () => (await import('./entry-details')).EntryDetails

type Props = Pick<ViewProps, 'url' | 'catalog' | 'organization'> & { action: string; onClose: () => void }

export function TypeDrawer({ url, catalog, organization, action, onClose }: Props) {
  const { entries, shown = [] } = catalog
  const entry = entries?.find((item) => item.action === action)
  const order = groupEntries(shown).flatMap((group) => group.entries)
  const place = order.findIndex((item) => item.action === action)
  useAnnouncement(entry && catalogText.opened(visibleText(entryName(entry))))

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
          <LazyPart
            key={action}
            load={loadDetails}
            props={{ url, entry, policy: organization.data?.unknown_actions }}
            fallback={<DrawerSkeleton />}
          />
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
