import { keysText } from '../../i18n/keys'
import { formatDate } from '../../i18n/time'
import { SelectField } from '../../ui/select-field'
import { daysFrom } from './model/keys'

const names = keysText.form
const lifetimes = ['30', '90', '180', '365', 'never'] as const
export type Lifetime = (typeof lifetimes)[number]

export function lifetimeDays(lifetime: Lifetime): number | null {
  return lifetime === 'never' ? null : Number(lifetime)
}

type Props<T extends string> = {
  value: T | Lifetime
  onChange: (value: T | Lifetime) => void
  /** What it is already, when that can stay. */
  keep?: { id: T; label: string }
}

/** When a key ends, said in days and then as the day. */
export function ExpiryField<T extends string = never>({ value, onChange, keep }: Props<T>) {
  const options = lifetimes.map((id) => ({
    id,
    label: id === 'never' ? names.never : names.days(Number(id)),
  }))
  const days = /^\d+$/.test(value) ? Number(value) : undefined
  const hint = days === undefined ? undefined : names.expiresOn(formatDate(daysFrom(Date.now(), days)))
  return (
    <SelectField
      label={names.expires}
      options={keep ? [keep, ...options] : options}
      value={value}
      onChange={(id) => onChange(id as T | Lifetime)}
      hint={value === 'never' ? names.neverHint : hint}
    />
  )
}
