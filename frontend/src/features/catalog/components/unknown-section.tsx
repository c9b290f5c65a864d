import { apiUrl } from '../../../api/client'
import { curlWithBody } from '../../../api/curl'
import { t } from '../../../i18n'
import { CodeBlock } from '../../../ui/code-block'
import { CopyButton } from '../../../ui/copy-button'
import { definitionDraft } from '../model/example'
import styles from './entry-details.module.css'

const names = t.catalog.entry

/** The way from an unknown action to a known one. */
export function UnknownSection({ action }: { action: string }) {
  const url = apiUrl(`/v1/event-types/my-pack/${encodeURIComponent(action)}`)
  const line = curlWithBody(url, definitionDraft(action), 'PUT')
  return (
    <section className={styles.section}>
      <div className={styles.copyRow}>
        <h3>{names.unknownTitle}</h3>
        <CopyButton text={line} />
      </div>
      <p className={styles.hint}>{names.unknownWay}</p>
      <CodeBlock text={line} label={names.unknownTitle} />
    </section>
  )
}
