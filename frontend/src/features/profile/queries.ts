import { infiniteQueryOptions } from '@tanstack/react-query'
import { api, done, session, unwrap } from '../../api/client'
import { toApiError } from '../../api/problem'
import type { components } from '../../api/schema'

export type SessionItem = components['schemas']['SessionItem']

export function sessionsQuery() {
  return infiniteQueryOptions({
    queryKey: ['sessions'] as const,
    queryFn: ({ signal, pageParam }) => {
      const query = pageParam ? { cursor: pageParam } : {}
      return unwrap(api.GET('/v1/auth/sessions', { params: { query }, signal }))
    },
    initialPageParam: '',
    getNextPageParam: (last) => last.page.next_cursor ?? undefined,
    staleTime: 0,
  })
}

export async function endSession(id: string): Promise<void> {
  await done(api.DELETE('/v1/auth/sessions/{id}', { params: { path: { id } } })).catch((error: unknown) => {
    // It has ended before.
    if (toApiError(error).status !== 404) throw error
  })
}

/** Every session but this one, one after the other. */
export async function endOtherSessions(): Promise<void> {
  let cursor: string | undefined
  do {
    const query = { limit: 1000, ...(cursor && { cursor }) }
    const page = await unwrap(api.GET('/v1/auth/sessions', { params: { query } }))
    for (const item of page.data) if (!item.current) await endSession(item.id)
    cursor = page.page.next_cursor ?? undefined
  } while (cursor)
}

export async function changePassword(body: components['schemas']['ChangePasswordInput']): Promise<void> {
  session.take(await unwrap(api.POST('/v1/auth/password', { body })))
}

export function beginSetUp() {
  return unwrap(api.POST('/v1/auth/mfa/totp'))
}

export async function confirmSetUp(code: string): Promise<readonly string[]> {
  return (await unwrap(api.POST('/v1/auth/mfa/totp/confirm', { body: { code } }))).recovery_codes
}

export function turnOff(): Promise<void> {
  return done(api.DELETE('/v1/auth/mfa/totp'))
}

export async function renewCodes(): Promise<readonly string[]> {
  return (await unwrap(api.POST('/v1/auth/mfa/recovery-codes'))).recovery_codes
}
