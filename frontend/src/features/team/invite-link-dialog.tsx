import { wholeLink } from '../../api/whole-link'
import { teamText } from '../../i18n/team'
import { formatMinute } from '../../i18n/time'
import { Dialog } from '../../ui/dialog'
import form from '../../ui/form.module.css'
import { ShownOnce } from '../../ui/shown-once'
import { Text } from '../../ui/text'
import type { NewInvite } from './queries'

const names = teamText.inviteLink

type Props = { invite: NewInvite; onClose: () => void }

/** The link of an invitation, this once. */
export function InviteLinkDialog({ invite, onClose }: Props) {
  return (
    <Dialog title={<Text text={names.title(invite.email)} />} onClose={onClose} isFirm>
      <ShownOnce lead={names.lead} label={names.label} secret={wholeLink(invite.link)} onStored={onClose}>
        <p className={form.lead}>{names.until(formatMinute(invite.expires_at))}</p>
      </ShownOnce>
    </Dialog>
  )
}
