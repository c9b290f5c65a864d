import { useQuery } from '@tanstack/react-query'
import { toApiError } from '../../../api/problem'
import { t } from '../../../i18n'
import { catalogText } from '../../../i18n/catalog'
import { formatClock, formatDate, formatLocalAndUtc } from '../../../i18n/time'
import { Button } from '../../../ui/button'
import { Text } from '../../../ui/text'
import type { Version } from '../model/types'
import { changedMembers } from '../model/versions'
import { versionsQuery } from '../queries'
import styles from './entry-details.module.css'
import own from './versions-section.module.css'

const names = catalogText.versions

type Props = { pack: string; action: string; version: number }

/** Who changed the event type, when, and what; only those of one's own change. */
export function VersionsSection({ pack, action, version }: Props) {
  const { data, error, refetch } = useQuery(versionsQuery(pack, action, version))
  return (
    <section className={styles.section}>
      <h3>{names.title}</h3>
      <p className={styles.hint}>{names.lead}</p>
      {!data && !error && <p className={styles.hint}>{t.loading}</p>}
      {error && (
        <p className={styles.hint} role="alert">
          {toApiError(error).title}{' '}
          <Button variant="ghost" onPress={() => void refetch()}>
            {t.retry}
          </Button>
        </p>
      )}
      {data && <VersionList versions={data.data} />}
    </section>
  )
}

function VersionList({ versions }: { versions: readonly Version[] }) {
  return (
    <ol className={own.list}>
      {versions.map((item, index) => (
        <li key={item.version} className={own.item}>
          <span className={own.version}>{catalogText.version(item.version)}</span>
          <span>
            <Text text={item.actor.name || item.actor.email || item.actor.id} />
            <span className={own.what}>{whatChanged(item, versions[index + 1])}</span>
          </span>
          <time className={own.time} dateTime={item.created_at} title={formatLocalAndUtc(item.created_at)}>
            {formatDate(item.created_at)}, {formatClock(item.created_at)}
          </time>
        </li>
      ))}
    </ol>
  )
}

const listFormat = new Intl.ListFormat('en')

function whatChanged(version: Version, before: Version | undefined): string {
  if (!before) return version.version === 1 ? names.created : ''
  const members = changedMembers(version, before)
  return members.length === 0 ? names.same : names.changed(listFormat.format(members))
}
