import { DialogTrigger } from 'react-aria-components/Dialog'
import { Popover } from 'react-aria-components/Popover'
import { t } from '../../../i18n'
import { eventsText } from '../../../i18n/events'
import { cx } from '../../../ui/cx'
import { Icon } from '../../../ui/icon'
import { LazyPart } from '../../../ui/lazy-part'
import popover from '../../../ui/popover.module.css'
import { TriggerButton } from '../../../ui/trigger-button'
import styles from './event-type-filter.module.css'
import type { PanelProps } from './event-type-panel'
import { filterButtonId } from './focus'

const names = eventsText.filters

const loadPanel = async () => (await import('./event-type-panel')).EventTypePanel

export function EventTypeFilter(props: PanelProps) {
  const chosen = props.selected.length
  return (
    <DialogTrigger>
      <TriggerButton id={filterButtonId}>
        <Icon name="filter" />
        {chosen > 0 ? names.eventTypeCount(chosen) : names.eventType}
        <Icon name="chevron" />
      </TriggerButton>
      <Popover className={cx(popover.popover, styles.popover)} placement="bottom start">
        <div className={styles.dialog}>
          <LazyPart load={loadPanel} props={props} fallback={<p className={styles.none}>{t.loading}</p>} />
        </div>
      </Popover>
    </DialogTrigger>
  )
}
