import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { organizationQuery } from '../api/organization'
import { ApiError } from '../api/problem'
import type { components } from '../api/schema'
import { useSession } from '../api/use-session'
import { ForbiddenPage } from './forbidden-page'
import { SecondFactorPanel } from './second-factor-panel'
import { UnknownOrganization } from './unknown-organization'

type Organization = components['schemas']['OrganizationView']

type Props = {
  org: string
  /** What became of asking for what the page is about. */
  error: unknown
  names: { title: string; forbidden: { title: string; lead: (place: string) => string } }
  /** The page of those who may see it. */
  children: (organization: UseQueryResult<Organization>, name: string) => ReactNode
}

/** A page of an organization, or why there is none for whoever asks. */
export function OrganizationPage({ org, error, names, children }: Props) {
  const membership = useSession()?.organizations.find((item) => item.slug === org)
  const organization = useQuery(organizationQuery(org))
  const name = organization.data?.name ?? membership?.name ?? org

  const status = error instanceof ApiError ? error.status : undefined
  if (status === 404) return <UnknownOrganization />
  if (status !== 403) return children(organization, name)
  if (error instanceof ApiError && error.code === 'mfa_required') return <SecondFactorPanel isPage />
  const { title, forbidden } = names
  const texts = { title, heading: forbidden.title, lead: forbidden.lead(name), place: name }
  const admins = organization.data?.admins ?? []
  return <ForbiddenPage {...texts} role={membership?.role} admins={admins} error={error} />
}
