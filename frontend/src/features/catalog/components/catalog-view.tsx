import type { UseQueryResult } from '@tanstack/react-query'
import { catalogText } from '../../../i18n/catalog'
import { FailedNotice } from '../../../ui/failed-notice'
import { focusTitle } from '../../../ui/focus'
import { ListPage } from '../../../ui/list-page'
import type { Organization } from '../model/types'
import type { Catalog } from '../use-catalog'
import type { CatalogUrl } from '../use-catalog-url'
import { CatalogBody } from './catalog-body'
import { CatalogFilters } from './catalog-filters'
import { CatalogToolbar } from './catalog-toolbar'
import { useSearchKey } from './use-search-key'

export type ViewProps = {
  url: CatalogUrl
  catalog: Catalog
  organization: UseQueryResult<Organization>
  name: string
}

export function CatalogView(props: ViewProps) {
  const { catalog } = props
  useSearchKey()

  function onRetry(): void {
    focusTitle()
    catalog.refresh()
  }

  return (
    <ListPage>
      <CatalogToolbar {...props} />
      <CatalogFilters url={props.url} catalog={catalog} />
      {catalog.refreshError && (
        <FailedNotice
          text={`${catalogText.toolbar.refreshFailed} ${catalog.refreshError.message}`}
          onRetry={onRetry}
        />
      )}
      <CatalogBody {...props} />
    </ListPage>
  )
}
