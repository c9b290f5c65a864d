/** The URL is the state. Plain keys and plain text instead of the router's JSON, so that people can read and edit it. */

export type LoginSearch = { next?: string; ended?: '1' }

export const presets = ['blink', 'pocketsoc'] as const
export type Preset = (typeof presets)[number]

export const drawerTabs = ['details', 'json'] as const
export type DrawerTab = (typeof drawerTabs)[number]

export type EventsSearch = {
  /** Actions, comma between them: any of. */
  action?: string
  actor?: string
  since?: string
  cols?: Preset
  event?: string
  tab?: DrawerTab
}

export const catalogShows = ['seen', 'unseen', 'deprecated', 'unknown'] as const
export type CatalogShow = (typeof catalogShows)[number]

export type CatalogSearch = {
  q?: string
  pack?: string
  category?: string
  show?: CatalogShow
  /** The action whose entry is open. */
  type?: string
  panel?: 'settings'
}

type Raw = Record<string, unknown>

export function parseSearch(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search))
}

export function stringifySearch(search: Raw): string {
  const parts = Object.entries(search).flatMap(([key, value]) =>
    value === undefined || value === null || value === '' ? [] : [`${key}=${encode(String(value))}`],
  )
  return parts.length === 0 ? '' : `?${parts.join('&')}`
}

function encode(value: string): string {
  return encodeURIComponent(value).replace(/%(2C|3A|40|2F)/g, decodeURIComponent)
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

function oneOf<T extends string>(allowed: readonly T[], value: unknown): T | undefined {
  return allowed.find((item) => item === value)
}

/** Drops what is absent, so that the URL and the type agree. */
function defined<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T
}

export function validateEventsSearch(raw: Raw): EventsSearch {
  return defined<EventsSearch>({
    action: text(raw.action),
    actor: text(raw.actor),
    since: text(raw.since),
    cols: oneOf(presets, raw.cols),
    event: text(raw.event),
    tab: oneOf(drawerTabs, raw.tab),
  })
}

export function validateCatalogSearch(raw: Raw): CatalogSearch {
  return defined<CatalogSearch>({
    q: text(raw.q),
    pack: text(raw.pack),
    category: text(raw.category),
    show: oneOf(catalogShows, raw.show),
    type: text(raw.type),
    panel: oneOf(['settings'] as const, raw.panel),
  })
}

export function validateLoginSearch(raw: Raw): LoginSearch {
  return defined<LoginSearch>({ next: text(raw.next), ended: raw.ended === '1' ? '1' : undefined })
}

/** Only a page of ours, resolved as the browser would: whatever leads to another host becomes the start page. */
export function safeNext(next: string | undefined, origin = window.location.origin): string {
  const url = next === undefined ? undefined : resolve(next, origin)
  if (!url || url.origin !== origin) return '/'
  if (url.pathname.startsWith('//') || /^\/login\b/.test(url.pathname)) return '/'
  return url.pathname + url.search + url.hash
}

function resolve(address: string, origin: string): URL | undefined {
  try {
    return new URL(address, origin)
  } catch {
    return undefined
  }
}

export function splitActions(action: string | undefined): string[] {
  return [...new Set((action ?? '').split(',').map((item) => item.trim()))].filter(Boolean)
}

export function joinActions(actions: Iterable<string>): string | undefined {
  const joined = [...actions].join(',')
  return joined === '' ? undefined : joined
}
