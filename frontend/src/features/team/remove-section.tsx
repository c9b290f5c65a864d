import { useState } from 'react'
import { t } from '../../i18n'
import { teamText } from '../../i18n/team'
import { Button } from '../../ui/button'
import { DialogSection } from '../../ui/dialog-section'
import form from '../../ui/form.module.css'
import { useSubmit } from '../../ui/use-submit'
import { MemberProblem } from './member-problem'
import { type Member, removeMember } from './queries'

const names = teamText.manage

type Props = {
  org: string
  member: Member
  onChanged: (said: string) => Promise<void>
  onRemoved: () => void
}

/** Asks once more, by the name, before somebody loses their access. */
export function RemoveSection({ org, member, onChanged, onRemoved }: Props) {
  const [isAsking, setIsAsking] = useState(false)
  const { id, name } = member.user
  const submit = useSubmit(async () => {
    await removeMember(org, id)
    onRemoved()
    await onChanged(teamText.said.removed(name))
  })
  return (
    <DialogSection title={names.removeTitle} lead={names.removeLead(name)} onSubmit={submit.onSubmit}>
      <MemberProblem submit={submit} />
      {isAsking ? (
        <div className={form.foot}>
          <strong>{names.sure(name)}</strong>
          <Button onPress={() => setIsAsking(false)}>{t.cancel}</Button>
          <Button type="submit" variant="danger" isBusy={submit.isBusy}>
            {names.removeYes}
          </Button>
        </div>
      ) : (
        <div className={form.foot}>
          <Button variant="danger" onPress={() => setIsAsking(true)}>
            {names.remove(name)}
          </Button>
        </div>
      )}
    </DialogSection>
  )
}
