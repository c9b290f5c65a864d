import type { UseQueryResult } from '@tanstack/react-query'
import { t } from '../../../i18n'
import { Button } from '../../../ui/button'
import { Notice } from '../../../ui/notice'
import type { Organization } from '../model/types'
import type { Catalog } from '../use-catalog'
import type { CatalogUrl } from '../use-catalog-url'
import { CatalogBody } from './catalog-body'
import styles from './catalog-view.module.css'
import { FilterBar } from './filter-bar'
import { focusTitle } from './focus'
import { Toolbar } from './toolbar'
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
    <div className={styles.page}>
      <Toolbar {...props} />
      <FilterBar url={props.url} catalog={catalog} />
      {catalog.refreshError && (
        <Notice tone="danger">
          <span>{`${t.catalog.toolbar.refreshFailed} ${catalog.refreshError.message}`}</span>
          <Button variant="ghost" onPress={onRetry}>
            {t.retry}
          </Button>
        </Notice>
      )}
      <CatalogBody {...props} />
    </div>
  )
}
