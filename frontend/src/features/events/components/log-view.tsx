import type { UseQueryResult } from '@tanstack/react-query'
import { apiUrl } from '../../../api/client'
import { t } from '../../../i18n'
import { Button } from '../../../ui/button'
import { Notice } from '../../../ui/notice'
import { defaultPreset } from '../model/columns'
import { curlFor } from '../model/filters'
import type { Organization } from '../model/types'
import type { EventsUrl } from '../use-events-search'
import type { Log } from '../use-log'
import { FilterBar } from './filter-bar'
import { FilterChips } from './filter-chips'
import { focusRefresh } from './focus'
import { LogBody } from './log-body'
import styles from './log-view.module.css'
import { Toolbar } from './toolbar'

type Props = { url: EventsUrl; log: Log; organization: UseQueryResult<Organization>; name: string }

export function LogView({ url, log, organization, name }: Props) {
  const { org, search, patch } = url
  const packs = organization.data?.packs
  const preset = search.cols ?? defaultPreset(organization.data)
  // The columns depend on the organization; nothing is shown in the wrong ones first.
  const isReady = search.cols !== undefined || !organization.isPending
  return (
    <div className={styles.page}>
      <Toolbar
        organizationName={name}
        preset={preset}
        command={curlFor(apiUrl(`/v1/orgs/${org}/events`), log.filters)}
        isRefreshing={log.isRefreshing}
        onRefresh={log.refresh}
        onPreset={(cols) => patch({ cols })}
      />
      <FilterBar search={search} patch={patch} packs={packs} />
      <FilterChips search={search} patch={patch} packs={packs} />
      {organization.error && (
        <FailedNotice text={t.events.organizationFailed} onRetry={() => void organization.refetch()} />
      )}
      {log.refreshError && (
        <FailedNotice text={`${t.events.refreshFailed} ${log.refreshError.message}`} onRetry={log.refresh} />
      )}
      <LogBody url={url} log={log} preset={preset} isReady={isReady} packs={packs} name={name} />
    </div>
  )
}

function FailedNotice({ text, onRetry }: { text: string; onRetry: () => void }) {
  /** The notice goes when the next try begins. */
  function onPress(): void {
    focusRefresh()
    onRetry()
  }

  return (
    <Notice tone="danger">
      <span>{text}</span>
      <Button variant="ghost" onPress={onPress}>
        {t.retry}
      </Button>
    </Notice>
  )
}
