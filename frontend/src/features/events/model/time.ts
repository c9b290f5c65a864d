/** English words, and the order of day and month of the person's own English, if there is one. */
function pickLocale(): string {
  return navigator.languages?.find((language) => language.startsWith('en-')) ?? 'en-GB'
}

const locale = pickLocale()

const precise = new Intl.DateTimeFormat(locale, {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
})
const dayLong = new Intl.DateTimeFormat(locale, {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
})
const dayKeyFormat = new Intl.DateTimeFormat('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit' })
const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' })
const clock = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' })
const offset = new Intl.DateTimeFormat('en', { timeZoneName: 'shortOffset' })

/** To the millisecond. */
export function formatPrecise(iso: string): string {
  return precise.format(new Date(iso))
}

export function formatDate(iso: string): string {
  return date.format(new Date(iso))
}

export function formatClock(iso: string): string {
  return clock.format(new Date(iso))
}

export function dayKey(iso: string): string {
  return dayKeyFormat.format(new Date(iso))
}

export function formatDay(iso: string): string {
  return dayLong.format(new Date(iso))
}

/** The stored time to the microsecond, always UTC. */
export function formatUtc(iso: string): string {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\d*Z$/.exec(iso)
  if (!match) return iso
  return `${match[1]} ${match[2]}.${(match[3] ?? '').padEnd(6, '0')} UTC`
}

export function zoneName(at: Date = new Date()): string {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  const part = offset.formatToParts(at).find((item) => item.type === 'timeZoneName')?.value
  const shift = part?.replace('GMT', 'UTC')
  return !shift || zone === 'UTC' ? zone : `${zone} (${shift})`
}

/** How long after it occurred an event was received. */
export function formatLag(occurredAt: string, receivedAt: string): string {
  const ms = Date.parse(receivedAt) - Date.parse(occurredAt)
  if (ms < 1000) return `${Math.max(0, ms)} ms`
  const seconds = ms / 1000
  if (seconds < 120) return `${seconds.toFixed(1)} s`
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`
  return `${Math.round(seconds / 86_400)} d`
}
