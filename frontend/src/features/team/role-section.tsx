import { useState } from 'react'
import { session } from '../../api/client'
import { useSession } from '../../api/use-session'
import { teamText } from '../../i18n/team'
import { Button } from '../../ui/button'
import { ChoiceGroup } from '../../ui/choice-group'
import { Done } from '../../ui/done'
import form from '../../ui/form.module.css'
import { useSubmit } from '../../ui/use-submit'
import { MemberProblem } from './member-problem'
import { changeRole, type Member, roles } from './queries'

const names = teamText.manage

type Props = { org: string; member: Member; onChanged: (said: string) => Promise<void> }

export function RoleSection({ org, member, onChanged }: Props) {
  const [role, setRole] = useState(member.role)
  const [said, setSaid] = useState<string>()
  const isSelf = useSession()?.user.id === member.user.id
  const submit = useSubmit(async () => {
    await changeRole(org, member.user.id, role)
    // One's own rights are another person's from now on: the page asks anew which they are.
    if (isSelf) await session.refresh(session.current()?.access_token)
    setSaid(teamText.said.role(member.user.name, teamText.role[role].name))
    await onChanged(teamText.said.role(member.user.name, teamText.role[role].name))
  })
  return (
    <form className={form.form} onSubmit={submit.onSubmit}>
      <ChoiceGroup
        legend={names.roleTitle}
        kind="radio"
        choices={roles.map((id) => ({ id, ...teamText.role[id] }))}
        chosen={[role]}
        onChange={([chosen]) => chosen && setRole(chosen)}
      />
      <MemberProblem submit={submit} />
      {said && role === member.role && <Done text={said} />}
      {role !== member.role && (
        <div className={form.foot}>
          <Button type="submit" variant="primary" isBusy={submit.isBusy}>
            {submit.isBusy ? names.saving : names.save}
          </Button>
        </div>
      )}
    </form>
  )
}
