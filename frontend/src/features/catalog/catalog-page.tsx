import { catalogText } from '../../i18n/catalog'
import { OrganizationPage } from '../../ui/organization-page'
import { CatalogView } from './components/catalog-view'
import { useCatalog } from './use-catalog'
import { useCatalogUrl } from './use-catalog-url'

/** Decides whether there is a catalog to show; CatalogView shows it. */
export function CatalogPage() {
  const url = useCatalogUrl()
  const catalog = useCatalog(url)
  return (
    <OrganizationPage org={url.org} error={catalog.error} names={catalogText}>
      {(organization, name) => (
        <CatalogView key={url.org} url={url} catalog={catalog} organization={organization} name={name} />
      )}
    </OrganizationPage>
  )
}
