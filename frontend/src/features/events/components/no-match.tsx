import { t } from '../../../i18n'
import { eventsText } from '../../../i18n/events'
import { Button } from '../../../ui/button'
import { StatePanel } from '../../../ui/state-panel'
import { focusFilters } from './focus'
import { type ChipsProps, noFilters, useChips } from './use-chips'

const names = eventsText.noMatch

/** Names the filters, for they are the reason. */
export function NoMatch(props: ChipsProps) {
  const filters = useChips(props).map((chip) => chip.text)

  function onClear(): void {
    focusFilters()
    props.patch(noFilters)
  }

  return (
    <StatePanel icon="search" title={names.title}>
      <p>{names.lead}</p>
      <p>
        <strong>{filters.join(' · ')}</strong>
      </p>
      {props.search.actor && <p>{names.actorHint}</p>}
      <Button onPress={onClear}>{t.clearFilters}</Button>
    </StatePanel>
  )
}
