import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { organizationQuery } from '../../api/organization'
import { settingsText } from '../../i18n/settings'
import { OrganizationPage } from '../../ui/organization-page'
import { SettingsView } from './settings-view'

const route = getRouteApi('/app/o/$org/settings/organization')

export function OrganizationSettingsPage() {
  const { org } = route.useParams()
  const { error } = useQuery(organizationQuery(org))
  return (
    <OrganizationPage org={org} error={error} names={settingsText}>
      {(organization, name) => <SettingsView organization={organization} name={name} />}
    </OrganizationPage>
  )
}
