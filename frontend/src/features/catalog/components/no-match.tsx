import { catalogText } from '../../../i18n/catalog'
import { Button } from '../../../ui/button'
import { StatePanel } from '../../../ui/state-panel'
import { visibleText } from '../../../ui/visible-text'
import { type Filter, packName, type Remedy, remedies } from '../model/entries'
import { noFilters } from '../use-catalog-url'
import type { FilterProps } from './catalog-filters'
import { focusSearch } from './focus'
import styles from './no-match.module.css'

const names = catalogText.noMatch

/** Why there is nothing, where one choice alone explains it. */
function reason({ show, ...rest }: Filter): string | undefined {
  if (Object.values(rest).some((value) => value !== undefined)) return undefined
  if (show === 'unseen') return names.allSeen
  if (show === 'unknown') return names.noneUnknown
  return show === 'deprecated' ? names.noneDeprecated : undefined
}

function remedyText(id: Remedy['id'], filter: Filter): string {
  if (id === 'show') return names.clear.show(catalogText.filters.shows[filter.show ?? 'all'])
  const value = visibleText(id === 'pack' ? packName(filter.pack ?? '') : (filter[id] ?? ''))
  return names.clear[id](value)
}

function Why({ filter }: { filter: Filter }) {
  const { q, show, pack, category } = filter
  const parts = [
    q && names.search(visibleText(q)),
    show && catalogText.filters.shows[show],
    category ?? (pack && packName(pack)),
  ].filter((part) => part !== undefined)
  return (
    <p>
      {names.lead} <strong>{parts.join(' · ')}</strong>
    </p>
  )
}

/** Says which filter to clear, and what that would bring. */
export function NoMatch({ url, catalog }: FilterProps) {
  const { filter, entries = [] } = catalog
  const ways = remedies(entries, filter).filter((way) => way.count > 0)

  function onClear(id?: Remedy['id']): void {
    focusSearch()
    url.patch(id ? { [id]: undefined, ...(id === 'pack' && { category: undefined }) } : noFilters)
  }

  return (
    <StatePanel icon="search" title={names.title}>
      {reason(filter) ? <p>{reason(filter)}</p> : <Why filter={filter} />}
      <ul className={styles.ways}>
        {ways.map((way) => (
          <li key={way.id}>
            <Button onPress={() => onClear(way.id)}>
              {remedyText(way.id, filter)}
              <span className={styles.would}>{names.would(way.count)}</span>
            </Button>
          </li>
        ))}
      </ul>
      {ways.length !== 1 && <Button onPress={() => onClear()}>{names.clearAll}</Button>}
    </StatePanel>
  )
}
