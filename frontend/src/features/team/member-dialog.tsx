import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { components } from '../../api/schema'
import { useSession } from '../../api/use-session'
import { wholeLink } from '../../api/whole-link'
import { teamText } from '../../i18n/team'
import { formatMinute } from '../../i18n/time'
import { Dialog } from '../../ui/dialog'
import form from '../../ui/form.module.css'
import { ShownOnce } from '../../ui/shown-once'
import { Text } from '../../ui/text'
import { AccountSections } from './account-sections'
import type { Member } from './queries'
import { RemoveSection } from './remove-section'
import { RoleSection } from './role-section'

const names = teamText.manage

type Props = {
  org: string
  member: Member
  onClose: () => void
  onChanged: (said: string) => Promise<void>
}

/** What an admin can do with a member. */
export function MemberDialog({ org, member, onClose, onChanged }: Props) {
  const [link, setLink] = useState<components['schemas']['ResetLinkView']>()
  const isSelf = useSession()?.user.id === member.user.id
  const { id, name } = member.user
  if (link)
    return (
      <Dialog key="link" title={<Text text={teamText.reset.title(name)} />} onClose={onClose} isFirm>
        <ShownOnce
          lead={teamText.reset.lead}
          label={teamText.reset.label}
          secret={wholeLink(link.link)}
          onStored={() => setLink(undefined)}
        >
          <p className={form.lead}>{teamText.reset.until(formatMinute(link.expires_at))}</p>
        </ShownOnce>
      </Dialog>
    )
  const part = { org, member, onChanged }
  return (
    <Dialog title={<Text text={name} />} onClose={onClose}>
      <p className={form.lead}>
        {member.user.email && <Text text={member.user.email} />}{' '}
        <Link to="/o/$org/events" params={{ org }} search={{ actor: id }}>
          {names.activity}
        </Link>
      </p>
      <RoleSection {...part} />
      {isSelf ? null : (
        <>
          <AccountSections {...part} onLink={setLink} />
          <RemoveSection {...part} onRemoved={onClose} />
        </>
      )}
    </Dialog>
  )
}
