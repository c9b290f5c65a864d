import { type ToggleEvent, useState } from 'react'
import { catalogText } from '../../../i18n/catalog'
import { eventsText } from '../../../i18n/events'
import { keepChoice, readChoice } from '../../../ui/choice'
import { Icon } from '../../../ui/icon'
import styles from './catalog-intro.module.css'

const names = catalogText.intro
const choice = 'catalog-intro'
const kinds = ['setting_update', 'system_configuration', 'user_action'] as const

/** Open until somebody closes it, unless there is an entry to see, or no room for both. */
function isOpenAtFirst(isFolded: boolean): boolean {
  return !isFolded && !window.matchMedia('(width < 640px)').matches && readChoice(choice) !== 'closed'
}

/** What an audit log is for, before its event types; who knows it folds it away. */
export function CatalogIntro({ isFolded }: { isFolded: boolean }) {
  const [isOpen] = useState(() => isOpenAtFirst(isFolded))

  function onToggle(event: ToggleEvent<HTMLDetailsElement>): void {
    keepChoice(choice, event.currentTarget.open ? 'open' : 'closed')
  }

  return (
    <details className={styles.intro} open={isOpen} onToggle={onToggle}>
      <summary className={styles.summary}>
        <h2>{names.title}</h2>
        <Icon name="chevron" />
      </summary>
      <div className={styles.body}>
        <p className={styles.lead}>{names.lead}</p>
        <dl className={styles.kinds}>
          {kinds.map((kind) => (
            <div key={kind} className={styles.kind}>
              <dt>{eventsText.activityTypes[kind]}</dt>
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
