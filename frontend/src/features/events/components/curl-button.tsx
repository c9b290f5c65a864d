import { DialogTrigger } from 'react-aria-components/Dialog'
import { Popover } from 'react-aria-components/Popover'
import { eventsText } from '../../../i18n/events'
import { CodeBlock } from '../../../ui/code-block'
import { CopyButton } from '../../../ui/copy-button'
import { cx } from '../../../ui/cx'
import { Icon } from '../../../ui/icon'
import popover from '../../../ui/popover.module.css'
import { ReferenceLink } from '../../../ui/reference-link'
import toolbar from '../../../ui/toolbar.module.css'
import { TriggerButton } from '../../../ui/trigger-button'
import styles from './curl-button.module.css'

const names = eventsText.curl

/** Shows the line; copying is a step of its own, and where it is not allowed the text is there to select. */
export function CurlButton({ command }: { command: string }) {
  return (
    <DialogTrigger>
      <TriggerButton aria-label={names.button}>
        <Icon name="terminal" />
        <span className={cx(toolbar.text)}>{names.button}</span>
      </TriggerButton>
      <Popover className={cx(popover.popover)} placement="bottom end">
        <div className={styles.curl}>
          <h2 className={styles.curlTitle}>{names.title}</h2>
          <CodeBlock text={command} label={names.title} />
          <p className={styles.hint}>{names.hint}</p>
          <div className={styles.curlFoot}>
            <CopyButton text={command} />
            <ReferenceLink operation="events/list_events" />
          </div>
        </div>
      </Popover>
    </DialogTrigger>
  )
}
