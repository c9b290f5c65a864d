import { useQuery } from '@tanstack/react-query'
import { organizationQuery } from '../../api/organization'
import { ApiError } from '../../api/problem'
import { useSession } from '../../api/use-session'
import { t } from '../../i18n'
import { ForbiddenPage } from '../../ui/forbidden-page'
import { UnknownOrganization } from '../../ui/unknown-organization'
import { CatalogView } from './components/catalog-view'
import { useCatalog } from './use-catalog'
import { useCatalogUrl } from './use-catalog-url'

/** Decides whether there is a catalog to show; CatalogView shows it. */
export function CatalogPage() {
  const url = useCatalogUrl()
  const session = useSession()
  const membership = session?.organizations.find((item) => item.slug === url.org)
  const organization = useQuery(organizationQuery(url.org))
  const catalog = useCatalog(url)
  const name = organization.data?.name ?? membership?.name ?? url.org

  const status = catalog.error instanceof ApiError ? catalog.error.status : undefined
  if (status === 404) return <UnknownOrganization />
  if (status === 403) {
    const { title, forbidden } = t.catalog
    const admins = organization.data?.admins ?? []
    const texts = { title, heading: forbidden.title, lead: forbidden.lead(name), place: name }
    return <ForbiddenPage {...texts} role={membership?.role} admins={admins} error={catalog.error} />
  }
  return <CatalogView key={url.org} url={url} catalog={catalog} organization={organization} name={name} />
}
