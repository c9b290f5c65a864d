import { queryOptions } from '@tanstack/react-query'
import { api, unwrap } from '../../api/client'

/** Whether the person has an app. */
export function secondFactorQuery() {
  return queryOptions({
    queryKey: ['second-factor'] as const,
    queryFn: ({ signal }) => unwrap(api.GET('/v1/auth/mfa', { signal })),
    staleTime: 0,
  })
}
