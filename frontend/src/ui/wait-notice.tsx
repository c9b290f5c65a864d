import type { ApiError } from '../api/problem'
import { t } from '../i18n'
import { Notice } from './notice'
import { useCountdown } from './use-countdown'

const assumedWaitSeconds = 30

type Props = { problem: ApiError }

/** How long somebody has to wait, counting down. Said once to who cannot see it, not every second. */
export function WaitNotice({ problem }: Props) {
  const waitSeconds = problem.retryAfterSeconds ?? assumedWaitSeconds
  const left = useCountdown(problem.at + waitSeconds * 1000)
  const text = problem.status === 429 ? t.session.tooMany : t.session.busy
  return (
    <Notice tone="danger" icon="clock" isBoxed>
      <span className="visually-hidden">{text(waitSeconds)}</span>
      <span aria-hidden>{left > 0 ? text(left) : t.session.waited}</span>
    </Notice>
  )
}
