import { joinActions, splitActions } from '../../../app/search-params'
import { eventsText } from '../../../i18n/events'
import { FilterBar } from '../../../ui/filter-bar'
import type { EventsUrl } from '../use-events-search'
import { ActorFilter } from './actor-filter'
import { EventTypeFilter } from './event-type-filter'
import { TimeFilter } from './time-filter'

type Props = Pick<EventsUrl, 'search' | 'patch'> & { packs: readonly string[] | undefined }

export function LogFilters({ search, patch, packs }: Props) {
  return (
    <FilterBar label={eventsText.filters.label} isCovered={search.event !== undefined}>
      <EventTypeFilter
        packs={packs}
        selected={splitActions(search.action)}
        onChange={(actions) => patch({ action: joinActions(actions) })}
      />
      <ActorFilter value={search.actor ?? ''} onChange={(actor) => patch({ actor: actor || undefined })} />
      <TimeFilter since={search.since} onChange={(since) => patch({ since })} />
    </FilterBar>
  )
}
