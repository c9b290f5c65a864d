import { infiniteQueryOptions } from '@tanstack/react-query'
import { api, unwrap } from '../../api/client'
import type { components } from '../../api/schema'
import { settle } from '../../api/settle'

type Schemas = components['schemas']
export type Member = Schemas['MemberView']
export type MemberRole = Schemas['MemberRole']
export type Invite = Schemas['InviteView']
export type NewInvite = Schemas['NewInviteView']

export const roles: readonly MemberRole[] = ['admin', 'auditor', 'member']

export function membersQuery(org: string) {
  return infiniteQueryOptions({
    queryKey: ['members', org] as const,
    queryFn: ({ signal, pageParam }) => {
      const query = pageParam ? { cursor: pageParam } : {}
      return unwrap(api.GET('/v1/orgs/{org}/members', { params: { path: { org }, query }, signal }))
    },
    initialPageParam: '',
    getNextPageParam: (last) => last.page.next_cursor ?? undefined,
    staleTime: 0,
  })
}

export function invitesQuery(org: string) {
  return infiniteQueryOptions({
    queryKey: ['invites', org] as const,
    queryFn: ({ signal, pageParam }) => {
      const query = pageParam ? { cursor: pageParam } : {}
      return unwrap(api.GET('/v1/orgs/{org}/invites', { params: { path: { org }, query }, signal }))
    },
    initialPageParam: '',
    getNextPageParam: (last) => last.page.next_cursor ?? undefined,
    staleTime: 0,
  })
}

export function invite(org: string, body: Schemas['InviteInput']): Promise<NewInvite> {
  return unwrap(api.POST('/v1/orgs/{org}/invites', { params: { path: { org } }, body }))
}

export function renewInvite(org: string, id: string): Promise<NewInvite> {
  return unwrap(api.POST('/v1/orgs/{org}/invites/{id}/renew', { params: { path: { org, id } } }))
}

export function revokeInvite(org: string, id: string): Promise<void> {
  return settle(api.DELETE('/v1/orgs/{org}/invites/{id}', { params: { path: { org, id } } }))
}

export function changeRole(org: string, id: string, role: MemberRole): Promise<Member> {
  const params = { path: { org, user_id: id } }
  return unwrap(api.PATCH('/v1/orgs/{org}/members/{user_id}', { params, body: { role } }))
}

export function removeMember(org: string, id: string): Promise<void> {
  return settle(api.DELETE('/v1/orgs/{org}/members/{user_id}', { params: { path: { org, user_id: id } } }))
}

export function endSessions(org: string, id: string): Promise<void> {
  const params = { path: { org, user_id: id } }
  return settle(api.DELETE('/v1/orgs/{org}/members/{user_id}/sessions', { params }))
}

export function makeResetLink(org: string, id: string): Promise<Schemas['ResetLinkView']> {
  const params = { path: { org, user_id: id } }
  return unwrap(api.POST('/v1/orgs/{org}/members/{user_id}/reset-link', { params }))
}

export function leave(org: string): Promise<void> {
  return settle(api.DELETE('/v1/orgs/{org}/membership', { params: { path: { org } } }))
}
