import type { ApiError } from '../../api/problem'
import { t } from '../../i18n'

/** Never says which of the two was wrong. */
export function loginMessage(error: ApiError): string {
  if (error.status === 401 || error.status === 400 || error.status === 422) return t.login.wrong
  return error.message
}
