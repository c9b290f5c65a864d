import { useEffect, useState } from 'react'

const tickMs = 1000

/** The whole seconds left until then; 0 when it is over. */
export function useCountdown(untilMs: number): number {
  const [nowMs, setNowMs] = useState(Date.now)
  const isOver = nowMs >= untilMs

  useEffect(() => {
    setNowMs(Date.now())
    if (Date.now() >= untilMs) return
    const timer = setInterval(() => setNowMs(Date.now()), tickMs)
    return () => clearInterval(timer)
  }, [untilMs])

  return isOver ? 0 : Math.ceil((untilMs - nowMs) / 1000)
}
