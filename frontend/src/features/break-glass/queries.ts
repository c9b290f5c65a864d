import type { Grant } from '../../api/break-glass'
import { api, unwrap } from '../../api/client'
import { settle } from '../../api/settle'

export function openGlass(org: string, reason: string, minutes: number): Promise<Grant> {
  const params = { path: { org } }
  return unwrap(api.POST('/v1/orgs/{org}/break-glass', { params, body: { reason, minutes } }))
}

export function closeGlass(org: string): Promise<void> {
  return settle(api.DELETE('/v1/orgs/{org}/break-glass', { params: { path: { org } } }))
}
