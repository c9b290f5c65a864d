import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { components } from '../../api/schema'
import { t } from '../../i18n'
import { organizationsText } from '../../i18n/organizations'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import form from '../../ui/form.module.css'
import { FormProblem } from '../../ui/form-problem'
import { OrganizationFields } from '../../ui/organization-fields'
import { useSubmit } from '../../ui/use-submit'
import { ClaimLinkDialog } from './claim-link-dialog'
import { PlanField } from './plan-field'
import { createOrganization, plansQuery } from './queries'

const names = organizationsText

type Props = { onClose: () => void; onChanged: (said: string) => void }

export function NewDialog({ onClose, onChanged }: Props) {
  const plans = useQuery(plansQuery())
  const [plan, setPlan] = useState<string>()
  const [made, setMade] = useState<components['schemas']['NewOrganizationView']>()
  const submit = useSubmit(async (data) => {
    const text = (name: string) => String(data.get(name) ?? '')
    const answer = await createOrganization({
      name: text('organization'),
      slug: text('slug'),
      ...(plan && { plan }),
    })
    setMade(answer)
    onChanged(names.made(answer.name))
  })
  if (made) return <ClaimLinkDialog key="link" name={made.name} link={made.claim_link} onClose={onClose} />
  return (
    <Dialog title={names.newTitle} onClose={onClose}>
      <form className={form.form} onSubmit={submit.onSubmit} noValidate>
        <p className={form.lead}>{names.newLead}</p>
        <OrganizationFields
          nameError={submit.errorAt('/name')}
          slugError={submit.problem?.code === 'conflict' ? submit.problem.detail : submit.errorAt('/slug')}
        />
        {plans.data && (
          <PlanField plans={plans.data.data} value={plan ?? plans.data.default} onChange={setPlan} />
        )}
        <FormProblem messages={submit.problem?.code === 'conflict' ? [] : submit.rest(['/name', '/slug'])} />
        <div className={form.foot}>
          <Button onPress={onClose}>{t.cancel}</Button>
          <Button type="submit" variant="primary" isBusy={submit.isBusy}>
            {submit.isBusy ? names.creating : names.create}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
