import { t } from '../../../i18n'
import { otherFields, recordSection, type Section, safeHref, whoWhatWhereWhen } from '../model/details'
import { isObject } from '../model/parameters'
import type { AuditEvent } from '../model/types'
import { ChangesTable } from './changes-table'
import styles from './event-details.module.css'
import { ValueTree } from './value-tree'

const titles = t.events.drawer.sections

/** The whole event, in words. */
export function EventDetails({ event }: { event: AuditEvent }) {
  const [who, what, ...rest] = whoWhatWhereWhen(event)
  const other = otherFields(event)
  return (
    <div className={styles.details}>
      {event.details && <p className={styles.sentence}>{event.details}</p>}
      {event.changes && event.changes.length > 0 && <ChangesTable changes={event.changes} />}
      {who && <FieldSection section={who} />}
      {what && <FieldSection section={what} />}
      <Targets event={event} />
      {isObject(event.parameters) && <TreeSection title={titles.parameters} value={event.parameters} />}
      {rest.map((section) => (
        <FieldSection key={section.id} section={section} />
      ))}
      <FieldSection section={recordSection(event)} />
      {Object.keys(other).length > 0 && <TreeSection title={titles.other} value={other} />}
    </div>
  )
}

function FieldSection({ section }: { section: Section }) {
  return (
    <section>
      <h3 className={styles.title}>{section.title}</h3>
      <dl className={styles.fields}>
        {section.fields.map((field) => (
          <div key={field.label} className={styles.field}>
            <dt>{field.label}</dt>
            <dd>{field.isCode ? <code>{field.value}</code> : field.value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

function TreeSection({ title, value }: { title: string; value: Record<string, unknown> }) {
  return (
    <section>
      <h3 className={styles.title}>{title}</h3>
      <ValueTree value={value} />
    </section>
  )
}

function Targets({ event }: { event: AuditEvent }) {
  const targets = event.targets ?? []
  if (targets.length === 0) return null
  return (
    <section>
      <h3 className={styles.title}>{titles.targets}</h3>
      <ul className={styles.targets}>
        {targets.map((target) => (
          <li key={`${target.type}/${target.id}`}>
            <span className={styles.kind}>{target.type}</span>
            <TargetName target={target} />
            {target.email && <span className={styles.soft}>{target.email}</span>}
            <code className={styles.soft}>{target.id}</code>
          </li>
        ))}
      </ul>
    </section>
  )
}

function TargetName({ target }: { target: NonNullable<AuditEvent['targets']>[number] }) {
  const name = target.name || target.email || target.id
  const href = safeHref(target.href)
  if (!href) return <span>{name}</span>
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {name}
    </a>
  )
}
