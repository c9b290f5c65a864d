import { queryOptions } from '@tanstack/react-query'
import { api, done, session, unwrap } from '../../api/client'
import type { components } from '../../api/schema'

export type Offer = components['schemas']['OfferView']
export type Claim = components['schemas']['ClaimView']

/** What an invitation offers to whoever holds its link. */
export function offerQuery(token: string) {
  return queryOptions({
    queryKey: ['offer', token] as const,
    queryFn: ({ signal }) => unwrap(api.POST('/v1/invites/preview', { body: { token }, signal })),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** Accepts as who is signed in; the session then knows the new organization. */
export async function joinAsMyself(token: string): Promise<void> {
  await unwrap(api.POST('/v1/invites/accept', { body: { token } }))
  await session.refresh(session.current()?.access_token)
}

/** Which organization a link hands over. */
export function claimQuery(token: string) {
  return queryOptions({
    queryKey: ['claim', token] as const,
    queryFn: ({ signal }) => unwrap(api.POST('/v1/claims/preview', { body: { token }, signal })),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** Takes the organization over as who is signed in. */
export async function claimAsMyself(token: string): Promise<void> {
  await unwrap(api.POST('/v1/claims/accept', { body: { token } }))
  await session.refresh(session.current()?.access_token)
}

/** Sets a new password, which ends every session of its person, perhaps the one of this browser. */
export async function resetPassword(token: string, password: string): Promise<void> {
  await done(api.POST('/v1/auth/reset', { body: { token, new_password: password } }))
  if (!session.current()) return
  await session.refresh(session.current()?.access_token)
  if (session.ended.isOpen()) session.forget()
}
