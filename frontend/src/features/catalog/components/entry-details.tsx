import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useSession } from '../../../api/use-session'
import { catalogText } from '../../../i18n/catalog'
import { buttonClass } from '../../../ui/button'
import { Icon } from '../../../ui/icon'
import { Text } from '../../../ui/text'
import { exampleValues } from '../model/example'
import type { Outcome } from '../model/sentence'
import type { Entry, UnknownActions } from '../model/types'
import type { CatalogUrl } from '../use-catalog-url'
import styles from './entry-details.module.css'
import { EntryFacts } from './entry-facts'
import { ParametersSection } from './parameters-section'
import { PostSection } from './post-section'
import { SentenceSection } from './sentence-section'
import { UnknownSection } from './unknown-section'
import { VersionsSection } from './versions-section'

const names = catalogText.entry

type Props = {
  url: CatalogUrl
  entry: Entry
  /** Undefined as long as nobody knows. */
  policy: UnknownActions | undefined
}

/** Everything about one event type. The values of the preview are those of the example, too. */
export function EntryDetails({ url, entry, policy }: Props) {
  const { org } = url
  const [values, setValues] = useState(() => exampleValues(entry))
  const [outcome, setOutcome] = useState<Outcome>('success')
  const example = { entry, values, outcome }
  // Only those who define event types may ask who changed one.
  const isOperator = useSession()?.user.is_operator === true
  return (
    <div className={styles.details}>
      <section className={styles.lead}>
        {entry.description && (
          <p className={styles.description}>
            <Text text={entry.description} />
          </p>
        )}
        {entry.deprecated && <p className={styles.warn}>{names.deprecatedNote}</p>}
        {!entry.known && (
          <p className={styles.warn}>
            {names.unknownNote} {policy && names.unknownReceipts[policy]}
          </p>
        )}
        <InLog org={org} entry={entry} />
      </section>
      {!entry.known && <UnknownSection url={url} action={entry.action} />}
      <EntryFacts entry={entry} />
      {entry.known && <SentenceSection {...example} onValues={setValues} onOutcome={setOutcome} />}
      {entry.known && <ParametersSection entry={entry} />}
      {entry.known && <PostSection {...example} org={org} />}
      {isOperator && entry.built_in === false && entry.pack && (
        <VersionsSection pack={entry.pack} action={entry.action} version={entry.version ?? 1} />
      )}
    </div>
  )
}

function InLog({ org, entry }: { org: string; entry: Entry }) {
  if (!entry.observed) return <p className={styles.soft}>{names.neverSeen}</p>
  return (
    <Link to="/o/$org/events" params={{ org }} search={{ action: entry.action }} className={buttonClass({})}>
      <Icon name="log" />
      {names.showInLogCount(entry.observed.events)}
    </Link>
  )
}
