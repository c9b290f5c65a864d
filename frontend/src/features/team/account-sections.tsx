import { useState } from 'react'
import type { components } from '../../api/schema'
import { teamText } from '../../i18n/team'
import { Button } from '../../ui/button'
import { DialogSection } from '../../ui/dialog-section'
import { Done } from '../../ui/done'
import form from '../../ui/form.module.css'
import { FormProblem } from '../../ui/form-problem'
import { useSubmit } from '../../ui/use-submit'
import { endSessions, type Member, makeResetLink } from './queries'

const names = teamText.manage

type Props = {
  org: string
  member: Member
  onChanged: (said: string) => Promise<void>
  onLink: (link: components['schemas']['ResetLinkView']) => void
}

/** What concerns the account of a member more than the membership. */
export function AccountSections({ org, member, onChanged, onLink }: Props) {
  const { id, name } = member.user
  const [isOver, setIsOver] = useState(false)
  const reset = useSubmit(async () => onLink(await makeResetLink(org, id)))
  const end = useSubmit(async () => {
    await endSessions(org, id)
    setIsOver(true)
    await onChanged(teamText.said.signedOut(name))
  })
  return (
    <>
      <DialogSection title={names.resetTitle} lead={names.resetLead} onSubmit={reset.onSubmit}>
        <FormProblem messages={reset.rest([])} />
        <div className={form.foot}>
          <Button type="submit" isBusy={reset.isBusy}>
            {names.reset}
          </Button>
        </div>
      </DialogSection>
      <DialogSection title={names.signOutTitle} lead={names.signOutLead} onSubmit={end.onSubmit}>
        <FormProblem messages={end.rest([])} />
        {isOver && <Done text={teamText.said.signedOut(name)} />}
        <div className={form.foot}>
          <Button type="submit" isBusy={end.isBusy}>
            {names.signOut}
          </Button>
        </div>
      </DialogSection>
    </>
  )
}
