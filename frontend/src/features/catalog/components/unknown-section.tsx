import { Link } from '@tanstack/react-router'
import { apiUrl } from '../../../api/client'
import { curlWithBody } from '../../../api/curl'
import { catalogText } from '../../../i18n/catalog'
import { CodeBlock } from '../../../ui/code-block'
import { CopyButton } from '../../../ui/copy-button'
import { ReferenceLink } from '../../../ui/reference-link'
import { definitionDraft } from '../model/example'
import type { CatalogUrl } from '../use-catalog-url'
import styles from './entry-details.module.css'
import { focusDrawer, soon } from './focus'

const names = catalogText.entry
const pack = 'my-pack'
const login = 'POST /v1/auth/login'

type Props = { url: CatalogUrl; action: string }

/** The two steps from an unknown action to a known one: an operator's, then an admin's. */
export function UnknownSection({ url, action }: Props) {
  const { type: _open, ...search } = url.search
  const address = apiUrl(`/v1/event-types/${pack}/${encodeURIComponent(action)}`)
  const line = curlWithBody(address, definitionDraft(action), { method: 'PUT', secret: 'ACCESS_TOKEN' })
  return (
    <section className={styles.section}>
      <div className={styles.copyRow}>
        <h3>{names.unknownTitle}</h3>
        <CopyButton text={line} />
      </div>
      <p className={styles.hint}>{names.unknownDefine(login)}</p>
      <CodeBlock text={line} label={names.unknownLine} />
      <p className={styles.hint}>
        {names.unknownAdd(pack)}{' '}
        <Link
          to="/o/$org/catalog"
          params={{ org: url.org }}
          search={{ ...search, panel: 'settings' }}
          onClick={() => soon(focusDrawer)}
        >
          {catalogText.toolbar.settings}
        </Link>
        . {names.unknownAfter}
      </p>
      <p className={styles.hint}>
        {names.unknownMore} <ReferenceLink operation="catalog/put_event_type" />
      </p>
    </section>
  )
}
