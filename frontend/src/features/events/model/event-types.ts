import type { EventType } from './types'

export type TypeGroup = { category: string; types: EventType[] }

const ownPack = 'annals'

/**
 * The types an organization can have: of its packs in their order, then the service's own; the first pack with an
 * action wins. As long as its packs are not known, those of all packs.
 */
export function typesOfPacks(types: readonly EventType[], packs: readonly string[] | undefined): EventType[] {
  const known = packs ?? types.map((type) => type.pack)
  const order = [...new Set([...known.filter((pack) => pack !== ownPack), ownPack])]
  const chosen = new Map<string, EventType>()
  for (const pack of order) {
    for (const type of types) {
      if (type.pack === pack && !chosen.has(type.action)) chosen.set(type.action, type)
    }
  }
  return [...chosen.values()]
}

export function groupByCategory(types: readonly EventType[]): TypeGroup[] {
  const groups = new Map<string, EventType[]>()
  for (const type of types) {
    const group = groups.get(type.category)
    if (group) group.push(type)
    else groups.set(type.category, [type])
  }
  return [...groups].map(([category, members]) => ({
    category,
    types: members.toSorted((a, b) => a.label.localeCompare(b.label)),
  }))
}

/** The label of an action; an action nobody knows keeps its own name. */
export function labelOfAction(types: readonly EventType[], action: string): string {
  return types.find((type) => type.action === action)?.label ?? action
}
