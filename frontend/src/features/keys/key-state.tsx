import type { components } from '../../api/schema'
import { tSettings } from '../../i18n/settings'
import styles from '../../ui/settings-page.module.css'
import { Tag } from '../../ui/tag'

const tones = { active: 'ok', expiring: 'warn', expired: 'danger', revoked: 'neutral' } as const

type Props = { state: components['schemas']['State']; isUnused: boolean }

export function KeyState({ state, isUnused }: Props) {
  return (
    <span className={styles.chips}>
      <Tag tone={tones[state]} text={tSettings.keys.state[state]} />
      {isUnused && <Tag tone="warn" text={tSettings.keys.unused} />}
    </span>
  )
}
