import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { components } from '../../api/schema'
import { organizationsText } from '../../i18n/organizations'
import { Button } from '../../ui/button'
import form from '../../ui/form.module.css'
import { FormProblem } from '../../ui/form-problem'
import { useSubmit } from '../../ui/use-submit'
import styles from './manage-dialog.module.css'
import { PlanField } from './plan-field'
import { changePlan, plansQuery } from './queries'

const names = organizationsText

type Props = {
  organization: components['schemas']['OrganizationView']
  onChanged: (said: string) => Promise<void>
}

export function PlanSection({ organization, onChanged }: Props) {
  const plans = useQuery(plansQuery())
  const [plan, setPlan] = useState(organization.plan)
  const submit = useSubmit(async () => {
    await changePlan(organization.slug, plan, organization.version)
    await onChanged(names.planSaved)
  })
  if (!plans.data) return null
  const isChanged = plan !== organization.plan
  return (
    <form className={styles.section} onSubmit={submit.onSubmit}>
      <PlanField plans={plans.data.data} value={plan} onChange={setPlan} />
      <FormProblem messages={submit.rest([])} />
      {isChanged && (
        <div className={form.foot}>
          <Button type="submit" variant="primary" isBusy={submit.isBusy}>
            {names.savePlan}
          </Button>
        </div>
      )}
    </form>
  )
}
