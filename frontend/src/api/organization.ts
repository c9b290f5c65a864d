import { queryOptions } from '@tanstack/react-query'
import { api, unwrap } from './client'

/** What every page of an organization asks: its name, its packs, its admins. One name, so that it is asked once. */
export function organizationQuery(org: string) {
  return queryOptions({
    queryKey: ['organization', org] as const,
    queryFn: ({ signal }) => unwrap(api.GET('/v1/orgs/{org}', { params: { path: { org } }, signal })),
  })
}
