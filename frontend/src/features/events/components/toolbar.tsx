import type { Preset } from '../../../app/search-params'
import { t } from '../../../i18n'
import { zoneName } from '../../../i18n/time'
import { Button } from '../../../ui/button'
import { Icon } from '../../../ui/icon'
import { PageTitle } from '../../../ui/page-title'
import { ColumnsSelect } from './columns-select'
import { CurlButton } from './curl-button'
import { refreshButtonId } from './focus'
import styles from './toolbar.module.css'

type Props = {
  organizationName: string
  preset: Preset
  command: string
  isRefreshing: boolean
  onRefresh: () => void
  onPreset: (preset: Preset) => void
}

export function Toolbar({ organizationName, preset, command, isRefreshing, onRefresh, onPreset }: Props) {
  return (
    <div className={styles.toolbar}>
      <PageTitle title={t.events.title} place={organizationName} />
      <span className={styles.zone}>{t.events.zone(zoneName())}</span>
      <div className={styles.actions}>
        <Button id={refreshButtonId} aria-label={t.events.refresh} isBusy={isRefreshing} onPress={onRefresh}>
          <Icon name="refresh" />
          <span className={styles.text}>{isRefreshing ? t.events.refreshing : t.events.refresh}</span>
        </Button>
        <ColumnsSelect preset={preset} onChange={onPreset} />
        <CurlButton command={command} />
      </div>
    </div>
  )
}
