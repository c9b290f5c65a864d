import { organizationsText } from '../../i18n/organizations'
import { Select } from '../../ui/select'
import styles from './manage-dialog.module.css'
import type { Plan } from './queries'

const names = organizationsText

type Props = {
  plans: readonly { name: string; limits: Plan }[]
  value: string
  onChange: (plan: string) => void
}

/** Which plan, and what it allows. */
export function PlanField({ plans, value, onChange }: Props) {
  const chosen = plans.find((plan) => plan.name === value)
  const known = plans.map((plan) => ({ id: plan.name, label: plan.name }))
  return (
    <div className={styles.field}>
      <span className={styles.label} aria-hidden>
        {names.plan}
      </span>
      <Select
        label={names.plan}
        options={chosen ? known : [{ id: value, label: value }, ...known]}
        value={value}
        onChange={onChange}
        isWide
      />
      {chosen && <p className={styles.hint}>{names.planLimits(chosen.limits)}</p>}
    </div>
  )
}
