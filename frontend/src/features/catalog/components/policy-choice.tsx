import { catalogText } from '../../../i18n/catalog'
import type { UnknownActions } from '../model/types'
import styles from './settings.module.css'

const names = catalogText.settings
const policies: readonly UnknownActions[] = ['allow', 'flag', 'reject']

type Props = {
  policy: UnknownActions
  canChange: boolean
  onChange: (policy: UnknownActions) => void
}

/** What becomes of an event whose action no pack knows. */
export function PolicyChoice({ policy, canChange, onChange }: Props) {
  return (
    <fieldset className={styles.group} disabled={!canChange}>
      <legend className={styles.title}>{names.policyTitle}</legend>
      {policies.map((id) => (
        <label key={id} className={styles.choice}>
          <input type="radio" name="unknown-actions" checked={id === policy} onChange={() => onChange(id)} />
          <span>
            <span className={styles.choiceName}>{names.policies[id].name}</span>
            <span className={styles.hint}>{names.policies[id].hint}</span>
          </span>
        </label>
      ))}
      <p className={styles.hint}>{names.policyNote}</p>
    </fieldset>
  )
}
