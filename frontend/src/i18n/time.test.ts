import { describe, expect, it } from 'vitest'
import { dayKey, formatLag, formatLocal, formatUtc, localeOf, zoneName } from './time'

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
