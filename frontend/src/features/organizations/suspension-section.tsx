import type { components } from '../../api/schema'
import { organizationsText } from '../../i18n/organizations'
import { formatLocal } from '../../i18n/time'
import { Button } from '../../ui/button'
import { DialogSection } from '../../ui/dialog-section'
import { Field } from '../../ui/field'
import form from '../../ui/form.module.css'
import { FormProblem } from '../../ui/form-problem'
import { Text } from '../../ui/text'
import { useSubmit } from '../../ui/use-submit'
import { resume, suspend } from './queries'

const names = organizationsText

type Props = {
  organization: components['schemas']['OrganizationView']
  onChanged: (said: string) => Promise<void>
}

export function SuspensionSection({ organization, onChanged }: Props) {
  const { slug, suspension } = organization
  const submit = useSubmit(async (data) => {
    if (suspension) await resume(slug)
    else await suspend(slug, String(data.get('reason') ?? ''))
    await onChanged(suspension ? names.active : names.suspended)
  })
  const lead = suspension ? (
    <Text text={names.suspendedSince(formatLocal(suspension.at), suspension.reason)} />
  ) : (
    names.suspendLead
  )
  return (
    <DialogSection
      title={suspension ? names.resumeTitle : names.suspendTitle}
      lead={lead}
      onSubmit={submit.onSubmit}
    >
      {!suspension && (
        <Field
          name="reason"
          label={names.reason}
          hint={names.reasonHint}
          error={submit.errorAt('/reason')}
          maxLength={500}
          autoComplete="off"
        />
      )}
      <FormProblem messages={submit.rest(['/reason'])} />
      <div className={form.foot}>
        <Button type="submit" variant={suspension ? 'primary' : 'danger'} isBusy={submit.isBusy}>
          {suspension ? names.resume : names.suspend}
        </Button>
      </div>
    </DialogSection>
  )
}
