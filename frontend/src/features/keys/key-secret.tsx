import { apiUrl } from '../../api/client'
import { keysText } from '../../i18n/keys'
import { formatMinute } from '../../i18n/time'
import { CodeBlock } from '../../ui/code-block'
import { CopyButton } from '../../ui/copy-button'
import form from '../../ui/form.module.css'
import { ShownOnce } from '../../ui/shown-once'
import styles from './keys.module.css'
import { type NewKey, type Place, type Trial, trialOf } from './model/keys'

const names = keysText.once
const titles = {
  post: names.tryPost,
  read: names.tryRead,
  check: names.tryCheck,
  org: names.tryOrg,
}

type Props = { apiKey: NewKey; place: Place; isRotated?: boolean; onStored: () => void }

/** The key itself, this once, and a line to try it. */
export function KeySecret({ apiKey, place, isRotated = false, onStored }: Props) {
  const trial = trialOf(apiKey, place, apiUrl(''))
  return (
    <ShownOnce lead={names.lead} label={names.label} secret={apiKey.key} onStored={onStored}>
      {isRotated && <p className={form.lead}>{overlapOf(apiKey)}</p>}
      {trial && <TrialLine trial={trial} />}
    </ShownOnce>
  )
}

function TrialLine({ trial }: { trial: Trial }) {
  const title = titles[trial.kind]
  return (
    <div className={styles.trial}>
      <h3 className={styles.title}>{title}</h3>
      {trial.isForAnyOrg && <p className={form.lead}>{names.replaceOrg}</p>}
      <CodeBlock text={trial.command} label={title} />
      <CopyButton text={trial.command} label={names.copyLine} />
    </div>
  )
}

function overlapOf(key: NewKey): string {
  const end = key.secrets[1]?.expires_at
  return end ? names.overlap(formatMinute(end)) : names.noOverlap
}
