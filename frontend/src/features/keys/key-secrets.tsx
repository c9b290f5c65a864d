import type { components } from '../../api/schema'
import { keysText } from '../../i18n/keys'
import { formatAgo, formatMinute } from '../../i18n/time'
import form from '../../ui/form.module.css'
import { Tag } from '../../ui/tag'
import styles from './keys.module.css'

const names = keysText.detail

type Secret = components['schemas']['SecretView']

/** The secrets that work: after a rotation the old ones too, with whether something still uses them. */
export function KeySecrets({ secrets }: { secrets: readonly Secret[] }) {
  return (
    <section className={styles.part}>
      <h3 className={styles.title}>{names.secrets}</h3>
      {secrets.length > 1 && <p className={form.lead}>{names.secretsLead}</p>}
      {isQuiet(secrets) && <p className={form.lead}>{names.notUsedSince}</p>}
      <ul className={styles.secrets}>
        {secrets.map((secret, index) => (
          <li key={secret.prefix} className={styles.secret}>
            <code>
              {secret.prefix}…{secret.last_four}
            </code>
            <Tag tone={index === 0 ? 'ok' : 'neutral'} text={index === 0 ? names.current : names.replaced} />
            <span className={styles.use}>{usageOf(secret)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Whether everything has changed over to the newest, as far as uses tell. */
function isQuiet([newest, ...older]: readonly Secret[]): boolean {
  if (!newest || older.length === 0) return false
  return older.every((secret) => (secret.last_used_at ?? '') < newest.created_at)
}

function usageOf(secret: Secret): string {
  const used = secret.last_used_at
    ? names.usedAgo(formatAgo(secret.last_used_at, Date.now()))
    : names.neverUsed
  return secret.expires_at ? `${used} · ${names.worksUntil(formatMinute(secret.expires_at))}` : used
}
