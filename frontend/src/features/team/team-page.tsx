import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useRole } from '../../api/use-role'
import { teamText } from '../../i18n/team'
import { OrganizationPage } from '../../ui/organization-page'
import { membersQuery } from './queries'
import { TeamView } from './team-view'

const route = getRouteApi('/app/o/$org/settings/team')

/** Who belongs to an organization: everybody of it sees that, admins change it. */
export function TeamPage() {
  const { org } = route.useParams()
  const list = useInfiniteQuery(membersQuery(org))
  const role = useRole(org)
  return (
    <OrganizationPage org={org} error={list.error} names={teamText}>
      {(_, name) => <TeamView key={org} org={org} list={list} name={name} role={role} />}
    </OrganizationPage>
  )
}
