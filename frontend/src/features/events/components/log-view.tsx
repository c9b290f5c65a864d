import type { UseQueryResult } from '@tanstack/react-query'
import { apiUrl } from '../../../api/client'
import { eventsText } from '../../../i18n/events'
import { FailedNotice } from '../../../ui/failed-notice'
import { ListPage } from '../../../ui/list-page'
import { defaultPreset } from '../model/columns'
import { curlFor } from '../model/filters'
import type { Organization } from '../model/types'
import type { EventsUrl } from '../use-events-search'
import type { Log } from '../use-log'
import { FilterChips } from './filter-chips'
import { focusRefresh } from './focus'
import { LogBody } from './log-body'
import { LogFilters } from './log-filters'
import { LogToolbar } from './log-toolbar'

type Props = { url: EventsUrl; log: Log; organization: UseQueryResult<Organization>; name: string }

export function LogView({ url, log, organization, name }: Props) {
  const { org, search, patch } = url
  const packs = organization.data?.packs
  const preset = search.cols ?? defaultPreset(organization.data)
  // The columns depend on the organization; nothing is shown in the wrong ones first.
  const isReady = search.cols !== undefined || !organization.isPending

  function refetchOrganization(): void {
    focusRefresh()
    void organization.refetch()
  }

  function refresh(): void {
    focusRefresh()
    log.refresh()
  }

  return (
    <ListPage>
      <LogToolbar
        organizationName={name}
        preset={preset}
        command={curlFor(apiUrl(`/v1/orgs/${org}/events`), log.filters)}
        isRefreshing={log.isRefreshing}
        onRefresh={log.refresh}
        onPreset={(cols) => patch({ cols })}
      />
      <LogFilters search={search} patch={patch} packs={packs} />
      <FilterChips search={search} patch={patch} packs={packs} />
      {organization.error && (
        <FailedNotice text={eventsText.organizationFailed} onRetry={refetchOrganization} />
      )}
      {log.refreshError && (
        <FailedNotice text={`${eventsText.refreshFailed} ${log.refreshError.message}`} onRetry={refresh} />
      )}
      <LogBody url={url} log={log} preset={preset} isReady={isReady} packs={packs} name={name} />
    </ListPage>
  )
}
