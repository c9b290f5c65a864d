import { useQuery } from '@tanstack/react-query'
import { joinActions, splitActions } from '../../../app/search-params'
import { eventsText } from '../../../i18n/events'
import { visibleText } from '../../../ui/visible-text'
import { labelOfAction, typesOfPacks } from '../model/event-types'
import { ranges } from '../model/filters'
import { eventTypesQuery } from '../queries'
import type { EventsUrl } from '../use-events-search'

const names = eventsText.filters

export const noFilters = { action: undefined, actor: undefined, since: undefined }

export type ChipsProps = Pick<EventsUrl, 'search' | 'patch'> & { packs: readonly string[] | undefined }
export type Chip = { id: string; text: string; onRemove: () => void }

function sinceText(since: string): string {
  const range = ranges.find((item) => item === since)
  return range ? names.ranges[range] : names.since(visibleText(since))
}

/** The filters in words, each with its end. */
export function useChips({ search, patch, packs }: ChipsProps): Chip[] {
  const { data } = useQuery(eventTypesQuery())
  const types = typesOfPacks(data?.data ?? [], packs)
  const actions = splitActions(search.action)
  const { actor, since } = search
  const chips: Chip[] = actions.map((action) => ({
    id: `action ${action}`,
    text: visibleText(labelOfAction(types, action)),
    onRemove: () => patch({ action: joinActions(actions.filter((item) => item !== action)) }),
  }))
  if (actor) {
    const text = names.chipActor(visibleText(actor))
    chips.push({ id: 'actor', text, onRemove: () => patch({ actor: undefined }) })
  }
  if (since) chips.push({ id: 'since', text: sinceText(since), onRemove: () => patch({ since: undefined }) })
  return chips
}
