import type { Preset } from '../../../app/search-params'
import { t } from '../../../i18n'
import { zoneName } from '../../../i18n/time'
import { Toolbar } from '../../../ui/toolbar'
import { ColumnsSelect } from './columns-select'
import { CurlButton } from './curl-button'
import { refreshButtonId } from './focus'

type Props = {
  organizationName: string
  preset: Preset
  command: string
  isRefreshing: boolean
  onRefresh: () => void
  onPreset: (preset: Preset) => void
}

export function LogToolbar({ organizationName, preset, command, isRefreshing, onRefresh, onPreset }: Props) {
  return (
    <Toolbar
      title={t.events.title}
      place={organizationName}
      note={t.events.zone(zoneName())}
      refreshId={refreshButtonId}
      isRefreshing={isRefreshing}
      onRefresh={onRefresh}
    >
      <ColumnsSelect preset={preset} onChange={onPreset} />
      <CurlButton command={command} />
    </Toolbar>
  )
}
