import type { MouseEvent } from 'react'
import { catalogText } from '../../../i18n/catalog'
import { formatNumber } from '../../../i18n/format'
import { cx } from '../../../ui/cx'
import { Text } from '../../../ui/text'
import { countByPack, filterEntries, ownPack, packName } from '../model/entries'
import type { Entry } from '../model/types'
import type { FilterProps } from './catalog-filters'
import styles from './category-nav.module.css'
import { isPlainClick } from './plain-click'

const names = catalogText.filters

type Change = Parameters<FilterProps['url']['patch']>[0]

/** All categories, pack by pack, each with how many types the other filters leave in it. */
export function CategoryNav({ url, catalog }: FilterProps) {
  const { entries } = catalog
  if (!entries) return <NavSkeleton isLoading={!catalog.error} />
  return <Categories url={url} catalog={catalog} entries={entries} />
}

const lines = Array.from({ length: 14 }, (_, index) => `line-${index}`)

function NavSkeleton({ isLoading }: { isLoading: boolean }) {
  return (
    <div className={styles.nav} aria-hidden>
      {isLoading && lines.map((line) => <span key={line} className={styles.bone} />)}
    </div>
  )
}

function Categories({ url, catalog, entries }: FilterProps & { entries: readonly Entry[] }) {
  const { pack, category, show } = url.search
  const { q } = catalog.filter
  const everything = { pack: undefined, category: undefined }
  const unknown = filterEntries(entries, { q, show: 'unknown' }).length
  const item = (change: Change, isCurrent: boolean, count: number) => ({ url, change, isCurrent, count })
  return (
    <nav className={styles.nav} aria-label={names.categories}>
      <CategoryLink
        {...item(
          everything,
          pack === undefined && show !== 'unknown',
          filterEntries(entries, { q, show }).length,
        )}
        text={catalogText.allTypes}
      />
      {countByPack(entries, catalog.filter).map((group) => (
        <div key={group.pack} className={styles.pack}>
          <CategoryLink
            {...item(
              { pack: group.pack, category: undefined },
              pack === group.pack && category === undefined,
              group.count,
            )}
            text={packName(group.pack)}
            {...(group.pack === ownPack && { hint: catalogText.ownPackHint })}
            isPack
          />
          {group.categories.map((one) => (
            <CategoryLink
              key={one.category}
              {...item(
                { pack: group.pack, category: one.category },
                pack === group.pack && category === one.category,
                one.count,
              )}
              text={one.category}
            />
          ))}
        </div>
      ))}
      {unknown > 0 && (
        <div className={styles.pack}>
          <CategoryLink
            {...item({ ...everything, show: 'unknown' }, show === 'unknown' && pack === undefined, unknown)}
            text={catalogText.notInCatalog}
            isPack
          />
        </div>
      )}
    </nav>
  )
}

type LinkProps = {
  url: FilterProps['url']
  change: Change
  isCurrent: boolean
  count: number
  text: string
  hint?: string
  isPack?: boolean
}

function CategoryLink({ url, change, isCurrent, count, text, hint, isPack = false }: LinkProps) {
  function onClick(event: MouseEvent): void {
    if (!isPlainClick(event)) return
    event.preventDefault()
    url.patch(change, { replace: false })
  }

  return (
    <a
      href={url.hrefOf(change)}
      className={cx(styles.link, isPack && styles.packLink, count === 0 && styles.none)}
      aria-current={isCurrent ? 'true' : undefined}
      title={hint}
      onClick={onClick}
    >
      <span className={styles.name}>
        <Text text={text} />
      </span>
      <span className={styles.count}>{formatNumber(count)}</span>
    </a>
  )
}
