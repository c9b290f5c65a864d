import { catalogText } from '../../../i18n/catalog'
import { Select } from '../../../ui/select'
import { visibleText } from '../../../ui/visible-text'
import { countByPack, type PackCount, packName } from '../model/entries'
import type { FilterProps } from './catalog-filters'
import styles from './catalog-filters.module.css'

const everything = ''

function optionsOf(packs: readonly PackCount[]) {
  return packs.flatMap(({ pack, count, categories }) => [
    { id: JSON.stringify([pack]), label: `${packName(pack)} (${count})` },
    ...categories.map((item) => ({
      id: JSON.stringify([pack, item.category]),
      label: visibleText(`${packName(pack)} · ${item.category} (${item.count})`),
    })),
  ])
}

/** The categories as a list to choose from, on pages too narrow for all of them. */
export function CategorySelect({ url, catalog }: FilterProps) {
  const { pack, category } = url.search
  const packs = countByPack(catalog.entries ?? [], catalog.filter)
  const chosen = [pack, category].filter((item) => item !== undefined)

  function onChange(id: string): void {
    const [nextPack, nextCategory] = id === everything ? [] : (JSON.parse(id) as string[])
    url.patch({ pack: nextPack, category: nextCategory })
  }

  return (
    <div className={styles.category}>
      <Select
        label={catalogText.filters.category}
        options={[{ id: everything, label: catalogText.allTypes }, ...optionsOf(packs)]}
        value={chosen.length === 0 ? everything : JSON.stringify(chosen)}
        onChange={onChange}
      />
    </div>
  )
}
