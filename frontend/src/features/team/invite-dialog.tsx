import { useState } from 'react'
import { t } from '../../i18n'
import { teamText } from '../../i18n/team'
import { Button } from '../../ui/button'
import { ChoiceGroup } from '../../ui/choice-group'
import { Dialog } from '../../ui/dialog'
import { Field } from '../../ui/field'
import form from '../../ui/form.module.css'
import { FormProblem } from '../../ui/form-problem'
import { useSubmit } from '../../ui/use-submit'
import { InviteLinkDialog } from './invite-link-dialog'
import { invite, type MemberRole, type NewInvite, roles } from './queries'

const names = teamText.inviteForm

type Props = { org: string; onClose: () => void; onChanged: (said: string) => Promise<void> }

export function InviteDialog({ org, onClose, onChanged }: Props) {
  const [role, setRole] = useState<MemberRole>('auditor')
  const [made, setMade] = useState<NewInvite>()
  const submit = useSubmit(async (data) => {
    const text = (name: string) => String(data.get(name) ?? '').trim()
    const name = text('name')
    const answer = await invite(org, { email: text('email'), role, ...(name && { name }) })
    setMade(answer)
    await onChanged(teamText.said.invited(answer.email))
  })
  if (made) return <InviteLinkDialog key="link" invite={made} onClose={onClose} />
  const { errorAt } = submit
  return (
    <Dialog title={names.title} onClose={onClose}>
      <form className={form.form} onSubmit={submit.onSubmit} noValidate>
        <Field name="email" type="email" label={names.email} error={errorAt('/email')} autoComplete="off" />
        <Field name="name" label={names.name} error={errorAt('/name')} autoComplete="off" maxLength={256} />
        <ChoiceGroup
          legend={names.role}
          kind="radio"
          choices={roles.map((id) => ({ id, ...teamText.role[id] }))}
          chosen={[role]}
          onChange={([chosen]) => chosen && setRole(chosen)}
          error={errorAt('/role')}
        />
        <p className={form.lead}>{names.note}</p>
        <FormProblem messages={submit.rest(['/email', '/name', '/role'])} />
        <div className={form.foot}>
          <Button onPress={onClose}>{t.cancel}</Button>
          <Button type="submit" variant="primary" isBusy={submit.isBusy}>
            {submit.isBusy ? names.submitting : names.submit}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
