import { useNavigate } from '@tanstack/react-router'
import { session } from '../../api/client'
import { t } from '../../i18n'
import { teamText } from '../../i18n/team'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import form from '../../ui/form.module.css'
import { Text } from '../../ui/text'
import { useSubmit } from '../../ui/use-submit'
import { MemberProblem } from './member-problem'
import { leave } from './queries'

const names = teamText.leaving

type Props = { org: string; name: string; onClose: () => void }

export function LeaveDialog({ org, name, onClose }: Props) {
  const navigate = useNavigate()
  const submit = useSubmit(async () => {
    await leave(org)
    await session.refresh(session.current()?.access_token)
    await navigate({ to: '/', replace: true })
  })
  return (
    <Dialog title={<Text text={names.title(name)} />} onClose={onClose}>
      <form className={form.form} onSubmit={submit.onSubmit}>
        <p className={form.lead}>{names.lead}</p>
        <MemberProblem submit={submit} lastAdmin={names.lastAdmin} />
        <div className={form.foot}>
          <Button onPress={onClose}>{t.cancel}</Button>
          <Button type="submit" variant="danger" isBusy={submit.isBusy}>
            {names.submit}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
