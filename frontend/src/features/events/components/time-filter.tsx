import { eventsText } from '../../../i18n/events'
import { Select } from '../../../ui/select'
import { ranges } from '../model/filters'

const names = eventsText.filters

type Props = { since: string | undefined; onChange: (since: string | undefined) => void }

export function TimeFilter({ since, onChange }: Props) {
  const value = since ?? 'all'
  const options = ranges.map((range) => ({ id: range as string, label: names.ranges[range] }))
  // A link may bring a bound that is no preset; it is shown as it is.
  if (since !== undefined && !options.some((option) => option.id === since)) {
    options.push({ id: since, label: names.since(since) })
  }
  return (
    <Select
      label={names.time}
      icon="clock"
      options={options}
      value={value}
      onChange={(id) => onChange(id === 'all' ? undefined : id)}
    />
  )
}
