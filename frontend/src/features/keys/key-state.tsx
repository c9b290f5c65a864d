import type { components } from '../../api/schema'
import { keysText } from '../../i18n/keys'
import styles from '../../ui/settings-page.module.css'
import { Tag } from '../../ui/tag'

const tones = { active: 'ok', expiring: 'warn', expired: 'danger', revoked: 'neutral' } as const

type Props = { state: components['schemas']['State']; isUnused: boolean }

export function KeyState({ state, isUnused }: Props) {
  return (
    <span className={styles.chips}>
      <Tag tone={tones[state]} text={keysText.state[state]} />
      {isUnused && <Tag tone="warn" text={keysText.unused} />}
    </span>
  )
}
