import { type Preset, presets } from '../../../app/search-params'
import { eventsText } from '../../../i18n/events'
import { Select } from '../../../ui/select'

type Props = { preset: Preset; onChange: (preset: Preset) => void }

const options = presets.map((id) => ({ id, label: eventsText.presets[id] }))

export function ColumnsSelect({ preset, onChange }: Props) {
  return (
    <Select
      label={eventsText.columnsMenu}
      icon="columns"
      isLabelShown
      options={options}
      value={preset}
      onChange={(id) => onChange(presets.find((item) => item === id) ?? preset)}
    />
  )
}
