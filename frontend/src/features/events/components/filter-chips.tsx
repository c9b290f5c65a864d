import { useQuery } from '@tanstack/react-query'
import { joinActions, splitActions } from '../../../app/search-params'
import { t } from '../../../i18n'
import { Icon } from '../../../ui/icon'
import { labelOfAction, typesOfPacks } from '../model/event-types'
import { ranges } from '../model/filters'
import { eventTypesQuery } from '../queries'
import type { EventsUrl } from '../use-events-search'
import styles from './filter-bar.module.css'

const names = t.events.filters

export const noFilters = { action: undefined, actor: undefined, since: undefined }

type Props = Pick<EventsUrl, 'search' | 'patch'> & { packs: readonly string[] }
type Chip = { id: string; text: string; onRemove: () => void }

function sinceText(since: string): string {
  const range = ranges.find((item) => item === since)
  return range ? names.ranges[range] : names.since(since)
}

function useChips({ search, patch, packs }: Props): Chip[] {
  const { data } = useQuery(eventTypesQuery())
  const types = typesOfPacks(data?.data ?? [], packs)
  const actions = splitActions(search.action)
  const { actor, since } = search
  const chips: Chip[] = actions.map((action) => ({
    id: `action ${action}`,
    text: labelOfAction(types, action),
    onRemove: () => patch({ action: joinActions(actions.filter((item) => item !== action)) }),
  }))
  if (actor)
    chips.push({ id: 'actor', text: names.chipActor(actor), onRemove: () => patch({ actor: undefined }) })
  if (since) chips.push({ id: 'since', text: sinceText(since), onRemove: () => patch({ since: undefined }) })
  return chips
}

/** The filters in words, where they are spoken of and not changed. */
export function FilterNames(props: Props) {
  return (
    <strong>
      {useChips(props)
        .map((chip) => chip.text)
        .join(' · ')}
    </strong>
  )
}

export function FilterChips(props: Props) {
  const chips = useChips(props)
  if (chips.length === 0) return null
  return (
    <section className={styles.chips} aria-label={names.active}>
      {chips.map((chip) => (
        <span key={chip.id} className={styles.chip}>
          <span className={styles.chipText}>{chip.text}</span>
          <button
            type="button"
            className={styles.remove}
            aria-label={names.remove(chip.text)}
            onClick={chip.onRemove}
          >
            <Icon name="close" />
          </button>
        </span>
      ))}
      <button type="button" className={styles.clear} onClick={() => props.patch(noFilters)}>
        {names.clearAll}
      </button>
    </section>
  )
}
