import type { CatalogShow } from '../../../app/search-params'
import { catalogText } from '../../../i18n/catalog'
import { eventsText } from '../../../i18n/events'
import type { Entry } from './types'

/** The pack of the service's own acts; it always comes last. */
export const ownPack = 'annals'

/** What an entry is called: its label, or the bare action where no pack knows it. */
export function entryName(entry: Entry): string {
  return entry.label || entry.action
}

export function packName(pack: string): string {
  const names: Record<string, string> = catalogText.packs
  return names[pack] ?? pack
}

export function activityName(entry: Entry): string | undefined {
  return entry.activity_type ? eventsText.activityTypes[entry.activity_type] : undefined
}

export type Filter = {
  q?: string | undefined
  pack?: string | undefined
  category?: string | undefined
  show?: CatalogShow | undefined
}

const tests: Record<CatalogShow, (entry: Entry) => boolean> = {
  seen: (entry) => Boolean(entry.observed),
  unseen: (entry) => !entry.observed,
  deprecated: (entry) => entry.deprecated === true,
  unknown: (entry) => !entry.known,
}

function haystack(entry: Entry): string {
  const { label, action, category, description, pack } = entry
  return [label, action, category, description, pack].join('\n').toLowerCase()
}

/** Every word must be somewhere in the entry: in its label, action, category, description or pack. */
function matchesText(entry: Entry, q: string | undefined): boolean {
  if (q === undefined) return true
  const text = haystack(entry)
  return q
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}

export function filterEntries(entries: readonly Entry[], filter: Filter): Entry[] {
  return entries.filter(
    (entry) =>
      (filter.pack === undefined || entry.pack === filter.pack) &&
      (filter.category === undefined || entry.category === filter.category) &&
      (filter.show === undefined || tests[filter.show](entry)) &&
      matchesText(entry, filter.q),
  )
}

/** How many each choice would leave, with the other filters as they are. */
export function showCounts(entries: readonly Entry[], filter: Filter): Record<CatalogShow | 'all', number> {
  const rest = filterEntries(entries, { ...filter, show: undefined })
  const count = (show: CatalogShow) => rest.filter(tests[show]).length
  return {
    all: rest.length,
    seen: count('seen'),
    unseen: count('unseen'),
    deprecated: count('deprecated'),
    unknown: count('unknown'),
  }
}

export type CategoryCount = { category: string; count: number }
export type PackCount = { pack: string; count: number; categories: CategoryCount[] }

/** Packs in their order and their categories by name, with what the other filters leave; none vanishes at 0. */
export function countByPack(entries: readonly Entry[], filter: Filter): PackCount[] {
  const shown = new Set(filterEntries(entries, { q: filter.q, show: filter.show }))
  const packs = new Map<string, Map<string, number>>()
  for (const entry of entries) {
    if (entry.pack === undefined || entry.category === undefined) continue
    const categories = packs.get(entry.pack) ?? new Map<string, number>()
    const before = categories.get(entry.category) ?? 0
    categories.set(entry.category, before + (shown.has(entry) ? 1 : 0))
    packs.set(entry.pack, categories)
  }
  return [...packs].map(([pack, categories]) => ({
    pack,
    count: [...categories.values()].reduce((sum, count) => sum + count, 0),
    categories: [...categories]
      .map(([category, count]) => ({ category, count }))
      .toSorted((a, b) => a.category.localeCompare(b.category)),
  }))
}

export type Group = { id: string; pack?: string; title: string; entries: Entry[] }

/** Category by category, pack after pack; actions that no pack knows come last. */
export function groupEntries(entries: readonly Entry[]): Group[] {
  const groups = new Map<string, Group>()
  for (const entry of entries) {
    const { pack, category } = entry
    const id = JSON.stringify(entry.known ? [pack, category] : [])
    const title = entry.known ? (category ?? '') : catalogText.notInCatalog
    const group = groups.get(id) ?? { id, ...(entry.known && pack && { pack }), title, entries: [] }
    group.entries.push(entry)
    groups.set(id, group)
  }
  const packs = [...new Set(entries.map((entry) => entry.pack))]
  const placeOf = ({ pack }: Group) => (pack === undefined ? packs.length : packs.indexOf(pack))
  return [...groups.values()]
    .map((group) => ({ ...group, entries: group.entries.toSorted(byName) }))
    .toSorted((a, b) => placeOf(a) - placeOf(b) || a.title.localeCompare(b.title))
}

function byName(a: Entry, b: Entry): number {
  return entryName(a).localeCompare(entryName(b))
}

export type Totals = { types: number; seen: number; unknown: number }

export function totals(entries: readonly Entry[]): Totals {
  const known = entries.filter((entry) => entry.known)
  return {
    types: known.length,
    seen: known.filter((entry) => entry.observed).length,
    unknown: entries.length - known.length,
  }
}

export type Remedy = { id: keyof Filter; count: number }

/** For a filter that leaves nothing: each part of it, and how much there would be without that part. */
export function remedies(entries: readonly Entry[], filter: Filter): Remedy[] {
  const { pack, category, ...rest } = filter
  const without: [keyof Filter, Filter][] = [
    ['q', { ...filter, q: undefined }],
    ['show', { ...filter, show: undefined }],
    [category === undefined ? 'pack' : 'category', rest],
  ]
  return without
    .filter(([id]) => filter[id] !== undefined)
    .map(([id, wider]) => ({ id, count: filterEntries(entries, wider).length }))
}
