import { gate } from '../../api/client'
import { useQuestion } from '../../api/use-question'
import { useSession } from '../../api/use-session'
import { questionsText } from '../../i18n/questions'
import { Dialog } from '../../ui/dialog'
import { ProofForm } from './proof-form'

/** Asks for a fresh proof while calls wait for one. */
export function ProofDialog() {
  const isAsked = useQuestion(gate.proof)
  const session = useSession()
  if (!isAsked || !session) return null
  const onCancel = () => gate.proof.answer(false)
  return (
    <Dialog title={questionsText.proof.title} onClose={onCancel}>
      <ProofForm email={session.user.email} onCancel={onCancel} />
    </Dialog>
  )
}
