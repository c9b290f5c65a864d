import { type CatalogShow, catalogShows } from '../../../app/search-params'
import { catalogText } from '../../../i18n/catalog'
import { formatNumber } from '../../../i18n/format'
import { FilterBar } from '../../../ui/filter-bar'
import { showCounts } from '../model/entries'
import type { Catalog } from '../use-catalog'
import type { CatalogUrl } from '../use-catalog-url'
import styles from './catalog-filters.module.css'
import { CategorySelect } from './category-select'
import { SearchBox } from './search-box'

const names = catalogText.filters

export type FilterProps = { url: CatalogUrl; catalog: Catalog }

export function CatalogFilters({ url, catalog }: FilterProps) {
  const { search, patch } = url
  const isCovered = search.type !== undefined || search.panel !== undefined
  return (
    <FilterBar label={names.label} isCovered={isCovered}>
      <SearchBox value={search.q ?? ''} onChange={(q) => patch({ q: q === '' ? undefined : q })} />
      <CategorySelect url={url} catalog={catalog} />
      <ShowFilter url={url} catalog={catalog} />
    </FilterBar>
  )
}

const choices: readonly (CatalogShow | 'all')[] = ['all', ...catalogShows]

function ShowFilter({ url, catalog }: FilterProps) {
  const { search, patch } = url
  const counts = catalog.entries && showCounts(catalog.entries, catalog.filter)
  const chosen = search.show ?? 'all'
  return (
    <fieldset className={styles.shows}>
      <legend className="visually-hidden">{names.show}</legend>
      {choices.map((choice) => (
        <label key={choice} className={styles.show}>
          <input
            type="radio"
            name="show"
            className="visually-hidden"
            checked={choice === chosen}
            onChange={() => patch({ show: choice === 'all' ? undefined : choice })}
          />
          {names.shows[choice]}
          <span className={styles.count}>{counts && formatNumber(counts[choice])}</span>
        </label>
      ))}
    </fieldset>
  )
}
