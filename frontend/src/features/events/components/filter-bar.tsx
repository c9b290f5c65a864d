import { joinActions, splitActions } from '../../../app/search-params'
import { t } from '../../../i18n'
import type { EventsUrl } from '../use-events-search'
import { ActorFilter } from './actor-filter'
import { EventTypeFilter } from './event-type-filter'
import styles from './filter-bar.module.css'
import { TimeFilter } from './time-filter'

type Props = Pick<EventsUrl, 'search' | 'patch'> & { packs: readonly string[] | undefined }

export function FilterBar({ search, patch, packs }: Props) {
  return (
    <section className={styles.bar} aria-label={t.events.filters.label}>
      <EventTypeFilter
        packs={packs}
        selected={splitActions(search.action)}
        onChange={(actions) => patch({ action: joinActions(actions) })}
      />
      <ActorFilter value={search.actor ?? ''} onChange={(actor) => patch({ actor: actor || undefined })} />
      <TimeFilter since={search.since} onChange={(since) => patch({ since })} />
    </section>
  )
}
