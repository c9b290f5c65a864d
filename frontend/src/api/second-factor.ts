import { queryOptions } from '@tanstack/react-query'
import { api, unwrap } from './client'

/** Whether the person has an app, and how many recovery codes are left. */
export function secondFactorQuery() {
  return queryOptions({
    queryKey: ['second-factor'] as const,
    queryFn: ({ signal }) => unwrap(api.GET('/v1/auth/mfa', { signal })),
    staleTime: 0,
  })
}
