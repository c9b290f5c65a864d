import { toApiError } from '../../api/problem'

/** Whether the service says that the link works no more. */
export function isGone(error: unknown): boolean {
  return toApiError(error).code === 'link_gone'
}
