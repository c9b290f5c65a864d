import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, unwrap } from './client'
import type { components } from './schema'

export type Grant = components['schemas']['BreakGlassView']

function grants(org: string, cursor: string, signal: AbortSignal) {
  const params = { path: { org }, query: cursor ? { cursor } : {} }
  return unwrap(api.GET('/v1/orgs/{org}/break-glass', { params, signal }))
}

/** Every time an operator opened the organization, newest first. */
export function grantsQuery(org: string) {
  return infiniteQueryOptions({
    queryKey: ['break-glass', org, 'all'] as const,
    queryFn: ({ signal, pageParam }) => grants(org, pageParam, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.page.next_cursor ?? undefined,
    staleTime: 0,
  })
}

/** What this operator has opened now; null where that is nothing. */
export function openGrantQuery(org: string, operator: string) {
  return queryOptions({
    queryKey: ['break-glass', org, 'open', operator] as const,
    queryFn: async ({ signal }): Promise<Grant | null> => {
      const page = await grants(org, '', signal)
      return page.data.find((grant) => grant.state === 'open' && grant.operator.id === operator) ?? null
    },
  })
}
