import { ownPack } from './entries'
import type { EventType, Organization, UnknownActions } from './types'

export type Draft = { packs: readonly string[]; unknownActions: UnknownActions }

export function draftOf(organization: Organization): Draft {
  return { packs: organization.packs, unknownActions: organization.unknown_actions }
}

export function isSame(a: Draft, b: Draft): boolean {
  return a.unknownActions === b.unknownActions && a.packs.join() === b.packs.join()
}

/** The pack one place up or down; at the end of the list nothing changes. */
export function movePack(packs: readonly string[], pack: string, step: -1 | 1): string[] {
  const from = packs.indexOf(pack)
  const to = from + step
  const moved = [...packs]
  if (from < 0 || to < 0 || to >= packs.length) return moved
  moved.splice(from, 1)
  moved.splice(to, 0, pack)
  return moved
}

/** The packs there are and the organization does not have. */
export function addablePacks(types: readonly EventType[], packs: readonly string[]): string[] {
  const all = new Set(types.map((type) => type.pack))
  return [...all].filter((pack) => pack !== ownPack && !packs.includes(pack)).toSorted()
}

/** How many types each pack defines, and how many of those an earlier pack takes from it. */
export function packFacts(types: readonly EventType[], packs: readonly string[]) {
  const taken = new Set<string>()
  return [...packs.filter((pack) => pack !== ownPack), ownPack].map((pack) => {
    const own = types.filter((type) => type.pack === pack)
    const hidden = own.filter((type) => taken.has(type.action)).length
    for (const type of own) taken.add(type.action)
    return { pack, types: own.length, hidden }
  })
}
