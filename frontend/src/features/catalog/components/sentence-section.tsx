import { useId } from 'react'
import { catalogText } from '../../../i18n/catalog'
import { eventsText } from '../../../i18n/events'
import { Select } from '../../../ui/select'
import { Text } from '../../../ui/text'
import type { Values } from '../model/example'
import { type Outcome, outcomes, parseSentence, previewSentence, slotsOf } from '../model/sentence'
import type { Entry } from '../model/types'
import details from './entry-details.module.css'
import styles from './sentence-section.module.css'

const names = catalogText.preview

type Props = {
  entry: Entry
  values: Values
  outcome: Outcome
  onValues: (values: Values) => void
  onOutcome: (outcome: Outcome) => void
}

/** The template, the sentence it makes, and the values that make it. */
export function SentenceSection({ entry, values, outcome, onValues, onOutcome }: Props) {
  const template = entry.sentence
  if (!template) return <NoSentence />
  return (
    <section className={details.section}>
      <h3>{catalogText.entry.sections.sentence}</h3>
      <p className={details.hint}>{names.lead}</p>
      <p className={styles.template}>
        <Template template={template} />
      </p>
      <h4>{names.example}</h4>
      <p className={styles.preview} aria-live="polite">
        {previewSentence(template, values, outcome).map((piece, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no names, and their order is the template's
          <Piece key={index} {...piece} />
        ))}
      </p>
      <fieldset className={styles.values}>
        <legend className="visually-hidden">{names.values}</legend>
        {slotsOf(template).map(({ slot, fallback }) => (
          <ValueField
            key={slot}
            slot={slot}
            fallback={fallback}
            value={values[slot] ?? ''}
            onChange={(value) => onValues({ ...values, [slot]: value })}
          />
        ))}
        <OutcomeField outcome={outcome} onOutcome={onOutcome} />
      </fieldset>
    </section>
  )
}

function NoSentence() {
  return (
    <section className={details.section}>
      <h3>{catalogText.entry.sections.sentence}</h3>
      <p className={details.hint}>{names.none}</p>
    </section>
  )
}

function Template({ template }: { template: string }) {
  return parseSentence(template).map((part, index) =>
    'text' in part ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts have no names, and the template does not change
      <Text key={index} text={part.text} />
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts have no names, and the template does not change
      <code key={index} className={styles.slot}>
        {`{${part.slot}${part.fallback === undefined ? '' : `|${part.fallback}`}}`}
      </code>
    ),
  )
}

function Piece({ text, slot }: { text: string; slot?: string }) {
  return slot ? (
    <mark className={styles.value}>
      <Text text={text} />
    </mark>
  ) : (
    <Text text={text} />
  )
}

function slotName(slot: string): string {
  const [kind, field = '', side] = slot.split('.')
  if (kind === 'parameters') return names.parameter(field)
  if (kind === 'changes') return side === 'old' ? names.changeOld(field) : names.changeNew(field)
  return kind === 'actor' || kind === 'target' || kind === 'workspace' ? names.slots[kind] : slot
}

type FieldProps = {
  slot: string
  fallback: string | undefined
  value: string
  onChange: (value: string) => void
}

function ValueField({ slot, fallback, value, onChange }: FieldProps) {
  const id = useId()
  const hint = fallback ? names.fallback(fallback) : names.fallbackNothing
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{slotName(slot)}</label>
      <input
        id={id}
        value={value}
        placeholder={slot === 'actor' ? '' : hint}
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  )
}

function OutcomeField({ outcome, onOutcome }: Pick<Props, 'outcome' | 'onOutcome'>) {
  return (
    <div className={styles.field}>
      <span aria-hidden>{names.outcome}</span>
      <Select
        label={names.outcome}
        options={outcomes.map((id) => ({ id, label: eventsText.outcome[id] }))}
        value={outcome}
        onChange={(id) => onOutcome(outcomes.find((item) => item === id) ?? 'success')}
        isWide
      />
    </div>
  )
}
