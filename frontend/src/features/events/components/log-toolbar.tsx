import type { Preset } from '../../../app/search-params'
import { eventsText } from '../../../i18n/events'
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
      title={eventsText.title}
      place={organizationName}
      note={eventsText.zone(zoneName())}
      refreshId={refreshButtonId}
      isRefreshing={isRefreshing}
      onRefresh={onRefresh}
    >
      <ColumnsSelect preset={preset} onChange={onPreset} />
      <CurlButton command={command} />
    </Toolbar>
  )
}
