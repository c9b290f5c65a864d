import { authorization, curlWithBody, quote } from '../../../api/curl'
import { type EventsSearch, splitActions } from '../../../app/search-params'

/** What the API is asked for; the rest of the URL is only about how it looks. */
export type Filters = { action?: string; actor?: string; since?: string }

export const ranges = ['all', '-24h', '-7d', '-30d'] as const
export type Range = (typeof ranges)[number]

export function filtersOf(search: EventsSearch): Filters {
  const actions = splitActions(search.action)
  return {
    ...(actions.length > 0 && { action: actions.join(',') }),
    ...(search.actor !== undefined && { actor: search.actor }),
    ...(search.since !== undefined && { since: search.since }),
  }
}

export function hasFilters(filters: Filters): boolean {
  return Object.keys(filters).length > 0
}

/** A line for a terminal. Everything of the query is quoted; the key stays a placeholder. */
export function curlFor(url: string, filters: Filters): string {
  const lines = Object.entries(filters).map(
    ([key, value]) => `  --data-urlencode ${quote(`${key}=${value}`)}`,
  )
  const head = [`curl --get ${quote(url)}`, `  ${authorization('ANNALS_READ_KEY')}`]
  return [...head, ...lines].join(' \\\n')
}

export const makeKeyCommand = 'annals admin create-key'

export function curlForFirstEvent(url: string): string {
  const event = { action: 'user.logged_in', actor: { type: 'user', id: 'u_1' } }
  return curlWithBody(url, event)
}
