import { catalogText } from '../../../i18n/catalog'
import type { Version } from './types'

const names: Record<string, string> = catalogText.versions.members

/** What two versions say differently, in words. */
export function changedMembers(version: Version, before: Version): string[] {
  const now: Record<string, unknown> = { ...version.definition }
  const then: Record<string, unknown> = { ...before.definition }
  const keys = [...new Set([...Object.keys(then), ...Object.keys(now)])]
  return keys
    .filter((key) => key in names && JSON.stringify(now[key]) !== JSON.stringify(then[key]))
    .map((key) => names[key] ?? key)
}
