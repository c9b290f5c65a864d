import { useState } from 'react'
import { t } from '../../../i18n'
import { Icon } from '../../../ui/icon'
import styles from './catalog-intro.module.css'

const names = t.catalog.intro
const storageKey = 'annals.catalog-intro'
const kinds = ['setting_update', 'system_configuration', 'user_action'] as const

/** Open the first time, unless there is an entry to see, or no room for both. */
function isOpenAtFirst(isFolded: boolean): boolean {
  if (isFolded || window.matchMedia('(width < 640px)').matches) return false
  try {
    return localStorage.getItem(storageKey) !== 'closed'
  } catch {
    return true
  }
}

function remember(isOpen: boolean): void {
  try {
    localStorage.setItem(storageKey, isOpen ? 'open' : 'closed')
  } catch {
    // Storage is off: it is open again next time.
  }
}

/** What an audit log is for, before its event types; who knows it folds it away. */
export function CatalogIntro({ isFolded }: { isFolded: boolean }) {
  const [isOpen] = useState(() => isOpenAtFirst(isFolded))
  return (
    <details className={styles.intro} open={isOpen} onToggle={(event) => remember(event.currentTarget.open)}>
      <summary className={styles.summary}>
        <h2>{names.title}</h2>
        <Icon name="chevron" />
      </summary>
      <div className={styles.body}>
        <p className={styles.lead}>{names.lead}</p>
        <dl className={styles.kinds}>
          {kinds.map((kind) => (
            <div key={kind} className={styles.kind}>
              <dt>{t.events.activityTypes[kind]}</dt>
              <dd>{names.kinds[kind]}</dd>
            </div>
          ))}
        </dl>
        <p className={styles.not}>
          <strong>{names.notTitle}.</strong> {names.not}
        </p>
      </div>
    </details>
  )
}
