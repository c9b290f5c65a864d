import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useRole } from '../../api/use-role'
import { keysText } from '../../i18n/keys'
import { OrganizationPage } from '../../ui/organization-page'
import { KeysView } from './keys-view'
import { keysQuery } from './queries'

const route = getRouteApi('/app/o/$org/settings/keys')

/** The keys of an organization, for its admins, and to read for its auditors. */
export function KeysPage() {
  const { org } = route.useParams()
  const place = useMemo(() => ({ org }), [org])
  const list = useInfiniteQuery(keysQuery(place))
  const canChange = useRole(org) === 'admin'
  return (
    <OrganizationPage org={org} error={list.error} names={keysText}>
      {(_, name) => <KeysView key={org} place={place} list={list} name={name} canChange={canChange} />}
    </OrganizationPage>
  )
}
