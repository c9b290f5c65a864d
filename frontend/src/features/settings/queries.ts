import { api, unwrap } from '../../api/client'
import type { components } from '../../api/schema'

export type Organization = components['schemas']['OrganizationView']

/** Whether admins act only with a second factor. */
export function demandFactor(organization: Organization, isDemanded: boolean): Promise<Organization> {
  const { slug, version } = organization
  const body = { admins_need_mfa: isDemanded, version }
  return unwrap(api.PATCH('/v1/orgs/{org}', { params: { path: { org: slug } }, body }))
}
