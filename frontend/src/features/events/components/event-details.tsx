import { eventsText } from '../../../i18n/events'
import { FieldList } from '../../../ui/field-list'
import { Icon } from '../../../ui/icon'
import { Text } from '../../../ui/text'
import {
  type Field,
  otherFields,
  recordSection,
  type Section,
  safeHref,
  whoWhatWhereWhen,
} from '../model/details'
import { isObject } from '../model/parameters'
import type { AuditEvent } from '../model/types'
import { ActionLink } from './action-link'
import { ChangesTable } from './changes-table'
import styles from './event-details.module.css'
import { ValueTree } from './value-tree'

const titles = eventsText.drawer.sections

/** The whole event, in words. */
export function EventDetails({ event }: { event: AuditEvent }) {
  const [who, what, ...rest] = whoWhatWhereWhen(event)
  const other = otherFields(event)
  return (
    <div className={styles.details}>
      {event.damaged && (
        <div className={styles.damaged} role="alert">
          <Icon name="alert" />
          <p>
            <strong>{eventsText.damaged.title}</strong> {eventsText.damaged.text}
          </p>
        </div>
      )}
      {event.details && (
        <p className={styles.sentence}>
          <Text text={event.details} />
        </p>
      )}
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
      <FieldList
        fields={section.fields.map((field) => ({
          label: field.label,
          value: <FieldValue field={field} />,
        }))}
      />
    </section>
  )
}

function FieldValue({ field }: { field: Field }) {
  const text = <Text text={field.value} />
  if (field.isAction) return <ActionLink action={field.value} />
  return field.isCode ? <code>{text}</code> : text
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
        {targets.map((target, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two may look the same, and the list never changes
          <TargetItem key={index} target={target} />
        ))}
      </ul>
    </section>
  )
}

type Target = NonNullable<AuditEvent['targets']>[number]

function TargetItem({ target }: { target: Target }) {
  return (
    <li>
      <span className={styles.kind}>
        <Text text={target.type} />
      </span>
      <TargetName target={target} />
      {target.email && (
        <span className={styles.soft}>
          <Text text={target.email} />
        </span>
      )}
      {target.id && (
        <code className={styles.soft}>
          <Text text={target.id} />
        </code>
      )}
    </li>
  )
}

function TargetName({ target }: { target: Target }) {
  const name = <Text text={target.name || target.email || target.id || ''} />
  const href = safeHref(target.href)
  if (!href) return name
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {name}
    </a>
  )
}
