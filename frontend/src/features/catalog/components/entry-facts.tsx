import { catalogText } from '../../../i18n/catalog'
import { formatNumber } from '../../../i18n/format'
import { formatClock, formatDate, formatLocalAndUtc } from '../../../i18n/time'
import { FieldList } from '../../../ui/field-list'
import { Text } from '../../../ui/text'
import { activityName, packName } from '../model/entries'
import { ecsText, ocsfText } from '../model/taxonomy'
import type { Entry } from '../model/types'
import styles from './entry-details.module.css'

const names = catalogText.entry.fields

type Fact = { label: string; value: string; title?: string }

function fact(label: string, value: string | undefined, title?: string): Fact[] {
  return value ? [{ label, value, ...(title && { title }) }] : []
}

function whenFact(label: string, at: string | undefined): Fact[] {
  return at
    ? [
        {
          label,
          value: `${formatDate(at)}, ${formatClock(at)}`,
          title: catalogText.occurred(formatLocalAndUtc(at)),
        },
      ]
    : []
}

function factsOf(entry: Entry): Fact[] {
  const { observed, pack, version } = entry
  const packText = pack && packName(pack)
  return [
    ...fact(names.seen, formatNumber(observed?.events ?? 0)),
    ...whenFact(names.firstSeen, observed?.first_seen),
    ...whenFact(names.lastSeen, observed?.last_seen),
    ...fact(
      names.activityType,
      activityName(entry),
      entry.activity_type && catalogText.intro.kinds[entry.activity_type],
    ),
    ...fact(names.category, entry.category),
    ...fact(names.pack, entry.built_in ? `${packText}, ${catalogText.entry.builtIn}` : packText),
    ...fact(names.version, entry.built_in === false ? String(version ?? 1) : undefined),
    ...fact(names.ocsf, ocsfText(entry.ocsf)),
    ...fact(names.ecs, ecsText(entry.ecs)),
  ]
}

/** What it is, and what the log holds of it. */
export function EntryFacts({ entry }: { entry: Entry }) {
  return (
    <section className={styles.section}>
      <h3>{catalogText.entry.sections.facts}</h3>
      <FieldList fields={factsOf(entry).map((item) => ({ ...item, value: <Text text={item.value} /> }))} />
    </section>
  )
}
