import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { openGrantQuery } from '../../api/break-glass'
import { organizationQuery } from '../../api/organization'
import { useSession } from '../../api/use-session'
import { breakGlassText } from '../../i18n/break-glass'
import { useAnnouncement } from '../../ui/announce'
import { Frame } from './frame'
import { OpenPage } from './open-page'

/** The organization of the service itself, which is its operators' own. */
const platformSlug = 'platform'

type Props = { org: string; children: ReactNode }

/** Before an organization that is not the operator's: the question why, and then a frame for as long as it is open. */
export function BreakGlassGate({ org, children }: Props) {
  const operator = useSession()?.user.id ?? ''
  const organization = useQuery(organizationQuery(org))
  const isOpen = organization.data?.role === 'admin'
  const grant = useQuery({ ...openGrantQuery(org, operator), enabled: isOpen })
  const queryClient = useQueryClient()
  useAnnouncement(isOpen ? breakGlassText.opened(organization.data?.name ?? org) : undefined)

  /** Opening and closing change what every page of the organization may show. */
  async function onChanged(): Promise<void> {
    queryClient.removeQueries({ predicate: ({ queryKey }) => isAbout(queryKey, org) })
    await organization.refetch()
  }

  if (organization.isPending) return null
  if (!organization.data || org === platformSlug) return children
  if (organization.data.role === 'operator')
    return <OpenPage organization={organization.data} onOpened={onChanged} />
  if (!isOpen) return children
  return (
    <Frame organization={organization.data} grant={grant.data ?? undefined} onChanged={onChanged}>
      {children}
    </Frame>
  )
}

function isAbout(key: readonly unknown[], org: string): boolean {
  const [what, whose] = key
  return (
    what !== 'organization' &&
    (whose === org || (typeof whose === 'object' && JSON.stringify(whose) === JSON.stringify({ org })))
  )
}
