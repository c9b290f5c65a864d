import { useQuery } from '@tanstack/react-query'
import { organizationQuery } from './organization'
import type { components } from './schema'
import { useSession } from './use-session'

/** What the person is in the organization at the moment: an operator who broke the glass is an admin there. */
export function useRole(org: string | undefined): components['schemas']['Role'] | undefined {
  const session = useSession()
  const membership = session?.organizations.find((item) => item.slug === org)
  const isVisitor = org !== undefined && membership === undefined && session?.user.is_operator === true
  const organization = useQuery({ ...organizationQuery(org ?? ''), enabled: isVisitor })
  return membership?.role ?? (isVisitor ? (organization.data?.role ?? undefined) : undefined)
}
