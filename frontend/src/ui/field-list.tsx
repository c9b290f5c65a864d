import type { ReactNode } from 'react'
import styles from './field-list.module.css'

export type FieldLine = { label: string; value: ReactNode; title?: string | undefined }

/** Names and values, each pair on a line. */
export function FieldList({ fields }: { fields: readonly FieldLine[] }) {
  return (
    <dl>
      {fields.map((field) => (
        <div key={field.label} className={styles.field}>
          <dt>{field.label}</dt>
          <dd title={field.title}>{field.value}</dd>
        </div>
      ))}
    </dl>
  )
}
