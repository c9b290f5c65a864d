import { useState } from 'react'
import { teamText } from '../../i18n/team'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { DialogSection } from '../../ui/dialog-section'
import form from '../../ui/form.module.css'
import { FormProblem } from '../../ui/form-problem'
import { Text } from '../../ui/text'
import { useSubmit } from '../../ui/use-submit'
import { InviteLinkDialog } from './invite-link-dialog'
import { type Invite, type NewInvite, renewInvite, revokeInvite } from './queries'

const names = teamText.invites

type Props = {
  org: string
  invite: Invite
  onClose: () => void
  onChanged: (said: string) => Promise<void>
}

/** An invitation that was not accepted yet: another link, or none any more. */
export function InviteActions({ org, invite, onClose, onChanged }: Props) {
  const [made, setMade] = useState<NewInvite>()
  const renew = useSubmit(async () => {
    setMade(await renewInvite(org, invite.id))
    await onChanged(teamText.said.renewed)
  })
  const revoke = useSubmit(async () => {
    await revokeInvite(org, invite.id)
    onClose()
    await onChanged(teamText.said.revoked)
  })
  if (made) return <InviteLinkDialog key="link" invite={made} onClose={onClose} />
  return (
    <Dialog title={<Text text={names.dialogTitle(invite.email)} />} onClose={onClose}>
      <DialogSection title={names.renewTitle} lead={names.renewLead} onSubmit={renew.onSubmit}>
        <FormProblem messages={renew.rest([])} />
        <div className={form.foot}>
          <Button type="submit" isBusy={renew.isBusy}>
            {names.renew}
          </Button>
        </div>
      </DialogSection>
      <DialogSection title={names.revokeTitle} lead={names.revokeLead} onSubmit={revoke.onSubmit}>
        <FormProblem messages={revoke.rest([])} />
        <div className={form.foot}>
          <Button type="submit" variant="danger" isBusy={revoke.isBusy}>
            {names.revoke}
          </Button>
        </div>
      </DialogSection>
    </Dialog>
  )
}
