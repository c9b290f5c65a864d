import { describe, expect, it } from 'vitest'
import { dayKey, formatAgo, formatLag, formatLocal, formatUtc, localeOf, zoneName } from './time'

describe('time', () => {
  it('shows microseconds in UTC', () => {
    expect(formatUtc('2026-11-02T10:15:30.123456Z')).toBe('2026-11-02 10:15:30.123456 UTC')
    expect(formatUtc('2026-11-02T10:15:30Z')).toBe('2026-11-02 10:15:30.000000 UTC')
    expect(formatUtc('yesterday')).toBe('yesterday')
  })

  it('names days, zones and lags', () => {
    expect(dayKey('2026-11-02T10:15:30Z')).toBe('2026-11-02')
    expect(zoneName()).toBe('UTC')
    expect(formatLocal('2026-11-02T10:15:30.123Z')).toMatch(/2026.*10:15:30.123.* UTC\+0$/)
    expect(formatLag('2026-11-02T10:15:30.000Z', '2026-11-02T10:15:30.078Z')).toBe('78 ms')
    expect(formatLag('2026-11-02T10:15:30Z', '2026-11-02T10:15:32.500Z')).toBe('2.5 s')
    expect(formatLag('2026-11-02T10:00:00Z', '2026-11-02T10:30:00Z')).toBe('30 min')
    expect(formatLag('2026-11-02T10:00:00Z', '2026-11-12T10:00:00Z')).toBe('10 d')
    expect(formatLag('2026-11-02T10:00:01Z', '2026-11-02T10:00:00Z')).toBe('0 ms')
  })
})

describe('localeOf', () => {
  it('takes the hours of the first language, and its English if it is English', () => {
    expect(localeOf('en-US')).toEqual({ locale: 'en-US', hourCycle: 'h12' })
    expect(localeOf('en-GB')).toEqual({ locale: 'en-GB', hourCycle: 'h23' })
    expect(localeOf('de-DE')).toEqual({ locale: 'en-GB', hourCycle: 'h23' })
    expect(localeOf('ar-EG')).toEqual({ locale: 'en-GB', hourCycle: 'h12' })
  })
})

describe('formatAgo', () => {
  const now = Date.parse('2026-11-30T12:00:00Z')

  it.each([
    ['2026-11-30T11:59:30Z', 'this minute'],
    ['2026-11-30T12:00:10Z', 'this minute'],

    ['2026-11-30T09:30:00Z', '2h ago'],
    ['2026-11-29T11:00:00Z', 'yesterday'],
    ['2026-11-20T11:00:00Z', '10d ago'],
  ])('%s: %s', (iso, expected) => {
    expect(formatAgo(iso, now)).toBe(expected)
  })

  it('writes minutes as short as the browser does', () => {
    expect(formatAgo('2026-11-30T11:58:00Z', now)).toMatch(/^2 ?m(in\.?)? ago$/)
  })

  it('gives the date when the days are too many to count', () => {
    expect(formatAgo('2026-10-01T12:00:00Z', now)).toMatch(/2026/)
  })
})
