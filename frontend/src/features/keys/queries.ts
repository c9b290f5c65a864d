import { infiniteQueryOptions } from '@tanstack/react-query'
import { api, unwrap } from '../../api/client'
import { ApiError } from '../../api/problem'
import type { components } from '../../api/schema'
import { settle } from '../../api/settle'
import type { ApiKey, NewKey, Place } from './model/keys'

type Schemas = components['schemas']

/** The keys of an organization, or of the platform: the same lists at other addresses. */
export function keysQuery(place: Place) {
  return infiniteQueryOptions({
    queryKey: ['keys', place] as const,
    queryFn: ({ signal, pageParam }): Promise<Schemas['KeyList']> => {
      const query = pageParam ? { cursor: pageParam } : {}
      if (place === 'platform') return unwrap(api.GET('/v1/platform/api-keys', { params: { query }, signal }))
      return unwrap(api.GET('/v1/orgs/{org}/api-keys', { params: { path: place, query }, signal }))
    },
    initialPageParam: '',
    getNextPageParam: (last) => last.page.next_cursor ?? undefined,
    staleTime: 0,
  })
}

export function createKey(place: Place, body: Schemas['KeyInput']): Promise<NewKey> {
  if (place === 'platform') return unwrap(api.POST('/v1/platform/api-keys', { body }))
  return unwrap(api.POST('/v1/orgs/{org}/api-keys', { params: { path: place }, body }))
}

export function readKey(place: Place, id: string): Promise<ApiKey> {
  if (place === 'platform') return unwrap(api.GET('/v1/platform/api-keys/{id}', { params: { path: { id } } }))
  return unwrap(api.GET('/v1/orgs/{org}/api-keys/{id}', { params: { path: { ...place, id } } }))
}

export function changeKey(place: Place, id: string, body: Schemas['KeyChange']): Promise<ApiKey> {
  if (place === 'platform')
    return unwrap(api.PATCH('/v1/platform/api-keys/{id}', { params: { path: { id } }, body }))
  return unwrap(api.PATCH('/v1/orgs/{org}/api-keys/{id}', { params: { path: { ...place, id } }, body }))
}

export function rotateKey(
  place: Place,
  key: Pick<ApiKey, 'id' | 'version'>,
  overlapSeconds: number,
): Promise<NewKey> {
  const { id, version } = key
  const body = { overlap_seconds: overlapSeconds, version }
  if (place === 'platform')
    return unwrap(api.POST('/v1/platform/api-keys/{id}/rotate', { params: { path: { id } }, body }))
  return unwrap(api.POST('/v1/orgs/{org}/api-keys/{id}/rotate', { params: { path: { ...place, id } }, body }))
}

/** Somebody else was quicker with a change. */
export function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'version_conflict'
}

export function revokeKey(place: Place, id: string): Promise<void> {
  if (place === 'platform')
    return settle(api.DELETE('/v1/platform/api-keys/{id}', { params: { path: { id } } }))
  return settle(api.DELETE('/v1/orgs/{org}/api-keys/{id}', { params: { path: { ...place, id } } }))
}
