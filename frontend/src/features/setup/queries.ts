import { queryOptions } from '@tanstack/react-query'
import { api, unwrap } from '../../api/client'

/** Whether the service is still to be set up: an answer, or a 404 once it is. */
export function setupQuery() {
  return queryOptions({
    queryKey: ['setup'] as const,
    queryFn: ({ signal }) => unwrap(api.GET('/v1/setup', { signal })),
    retry: false,
  })
}
