import { useEffect, useState } from 'react'
import { breakGlassText } from '../../i18n/break-glass'
import { formatClock } from '../../i18n/time'

const tickMs = 10_000

/** Until when, and how long that still is. */
export function TimeLeft({ until }: { until: string }) {
  const [now, setNow] = useState(() => Date.now())

  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), tickMs)
    return () => clearInterval(timer)
  }, [])

  const minutes = Math.max(0, Math.ceil((Date.parse(until) - now) / 60_000))
  return <time dateTime={until}>{breakGlassText.until(formatClock(until), minutes)}</time>
}
