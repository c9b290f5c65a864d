import { teamText } from '../../i18n/team'
import { FormProblem } from '../../ui/form-problem'
import type { Submit } from '../../ui/use-submit'

type Props = { submit: Submit; lastAdmin?: string }

/** What is wrong with changing somebody; that an admin has to stay in words of our own. */
export function MemberProblem({ submit, lastAdmin = teamText.manage.lastAdmin }: Props) {
  const isLastAdmin = submit.problem?.code === 'last_admin'
  return <FormProblem messages={isLastAdmin ? [lastAdmin] : submit.rest([])} />
}
