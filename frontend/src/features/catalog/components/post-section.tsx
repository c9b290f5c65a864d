import { useState } from 'react'
import { apiUrl } from '../../../api/client'
import { curlWithBody } from '../../../api/curl'
import { catalogText } from '../../../i18n/catalog'
import { CodeBlock } from '../../../ui/code-block'
import { CopyButton } from '../../../ui/copy-button'
import { ReferenceLink } from '../../../ui/reference-link'
import { exampleEvent, type Values } from '../model/example'
import type { Outcome } from '../model/sentence'
import type { Entry } from '../model/types'
import styles from './entry-details.module.css'

const names = catalogText.send

type Props = { org: string; entry: Entry; values: Values; outcome: Outcome }

/** An event to copy. The line only checks it unless told otherwise: what is recorded stays. */
export function PostSection({ org, entry, values, outcome }: Props) {
  const [isDryRun, setIsDryRun] = useState(true)
  const event = exampleEvent(entry, values, outcome)
  const json = JSON.stringify(event, null, 2)
  const url = apiUrl(`/v1/orgs/${encodeURIComponent(org)}/events${isDryRun ? '?dry_run=true' : ''}`)
  const line = curlWithBody(url, event)
  return (
    <section className={styles.section}>
      <h3>{catalogText.entry.sections.send}</h3>
      <p className={styles.hint}>{names.lead}</p>
      <div className={styles.copyRow}>
        <h4>{names.json}</h4>
        <CopyButton text={json} label={names.copyJson} />
      </div>
      <CodeBlock text={json} label={names.json} />
      <div className={styles.copyRow}>
        <h4>{names.curl}</h4>
        <CopyButton text={line} label={names.copyCurl} />
      </div>
      <CodeBlock text={line} label={names.curl} />
      <label className={styles.check}>
        <input type="checkbox" checked={isDryRun} onChange={(change) => setIsDryRun(change.target.checked)} />
        {names.dryRun}
      </label>
      <p className={styles.hint}>
        {!isDryRun && names.dryRunOff} {names.curlHint}
      </p>
      <p className={styles.hint}>
        {names.more} <ReferenceLink operation="events/append_event" />
      </p>
    </section>
  )
}
