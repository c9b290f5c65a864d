import { DialogTrigger } from 'react-aria-components/Dialog'
import { Popover } from 'react-aria-components/Popover'
import { t } from '../../../i18n'
import { CodeBlock } from '../../../ui/code-block'
import { cx } from '../../../ui/cx'
import { Icon } from '../../../ui/icon'
import popover from '../../../ui/popover.module.css'
import { TriggerButton } from '../../../ui/trigger-button'
import { useCopy } from '../../../ui/use-copy'
import styles from './toolbar.module.css'

const names = t.events.curl

/** Copies at once, and shows what was copied; where copying is not allowed, the text is there to select. */
export function CurlButton({ command }: { command: string }) {
  const { state, copy } = useCopy()
  return (
    <DialogTrigger>
      <TriggerButton aria-label={names.button} onPress={() => void copy(command)}>
        <Icon name="terminal" />
        <span className={styles.text}>{names.button}</span>
      </TriggerButton>
      <Popover className={cx(popover.popover)} placement="bottom end">
        <div className={styles.curl}>
          <h2 className={styles.curlTitle}>{names.title}</h2>
          <CodeBlock text={command} label={names.title} />
          <p className={styles.hint}>{names.hint}</p>
          <p role="status" className={styles.hint}>
            {state === 'copied' && t.copied}
            {state === 'impossible' && t.copyNeedsHttps}
          </p>
        </div>
      </Popover>
    </DialogTrigger>
  )
}
