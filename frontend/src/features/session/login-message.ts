import type { ApiError } from '../../api/problem'
import { t } from '../../i18n'

const assumedWaitSeconds = 30

/** Never says which of the two was wrong. */
export function loginMessage(error: ApiError): string {
  const waitSeconds = error.retryAfterSeconds ?? assumedWaitSeconds
  if (error.status === 429) return t.login.tooMany(waitSeconds)
  if (error.status === 503) return t.login.busy(waitSeconds)
  if (error.status === 401 || error.status === 400 || error.status === 422) return t.login.wrong
  return error.message
}
