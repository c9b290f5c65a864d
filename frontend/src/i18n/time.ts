export type Locale = { locale: string; hourCycle: 'h11' | 'h12' | 'h23' | 'h24' }

/** English words. Whether the day has 12 or 24 hours, and the order of day and month if it is English, is the person's. */
export function localeOf(language: string): Locale {
  const { hourCycle = 'h23' } = new Intl.DateTimeFormat(language, { hour: 'numeric' }).resolvedOptions()
  return { locale: /^en\b/.test(language) ? language : 'en-GB', hourCycle }
}

const { locale, hourCycle } = localeOf(navigator.language)

const precise = new Intl.DateTimeFormat(locale, {
  hourCycle,
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
const clock = new Intl.DateTimeFormat(locale, { hourCycle, timeStyle: 'medium' })
const offset = new Intl.DateTimeFormat('en', { timeZoneName: 'shortOffset' })

/** To the millisecond. */
export function formatPrecise(iso: string): string {
  return precise.format(new Date(iso))
}

export function formatDate(iso: string): string {
  return date.format(new Date(iso))
}

export function formatClock(at: string | Date): string {
  return clock.format(new Date(at))
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

export function zoneName(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** The local time with the offset of that very day, for one zone has two in a year. */
export function formatLocal(iso: string): string {
  const part = offset.formatToParts(new Date(iso)).find((item) => item.type === 'timeZoneName')?.value
  return `${formatPrecise(iso)} ${(part ?? '').replace('GMT', 'UTC')}`.trim()
}

export function formatLocalAndUtc(iso: string): string {
  return `${formatLocal(iso)}\n${formatUtc(iso)}`
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

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const
const ago = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'narrow' })

/** "5min ago", "yesterday"; after a month the date, which by then says more. */
export function formatAgo(iso: string, nowMs: number): string {
  const ms = nowMs - Date.parse(iso)
  if (ms >= 30 * 86_400_000) return formatDate(iso)
  const unit = units.find(([, size]) => ms >= size)
  return unit ? ago.format(-Math.floor(ms / unit[1]), unit[0]) : ago.format(0, 'minute')
}

const minute = new Intl.DateTimeFormat(locale, { hourCycle, dateStyle: 'medium', timeStyle: 'short' })

/** To the minute: what people plan by. */
export function formatMinute(iso: string): string {
  return minute.format(new Date(iso))
}
