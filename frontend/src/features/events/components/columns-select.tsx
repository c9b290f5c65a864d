import { type Preset, presets } from '../../../app/search-params'
import { t } from '../../../i18n'
import { Select } from '../../../ui/select'

type Props = { preset: Preset; onChange: (preset: Preset) => void }

const options = presets.map((id) => ({ id, label: t.events.presets[id] }))

export function ColumnsSelect({ preset, onChange }: Props) {
  return (
    <Select
      label={t.events.columnsMenu}
      icon="columns"
      isLabelShown
      options={options}
      value={preset}
      onChange={(id) => onChange(presets.find((item) => item === id) ?? preset)}
    />
  )
}
