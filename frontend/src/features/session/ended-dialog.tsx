import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { session } from '../../api/client'
import { useQuestion } from '../../api/use-question'
import { useSession } from '../../api/use-session'
import { questionsText } from '../../i18n/questions'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import form from '../../ui/form.module.css'
import { SignIn, type Step } from './sign-in'

const names = questionsText.ended

/** The sign-in over a page whose session has ended: the page stays as it is, and goes on for the same person. */
export function EndedDialog() {
  const isAsked = useQuestion(session.ended)
  const person = useSession()?.user
  return isAsked && person ? <Asking email={person.email} /> : null
}

function Asking({ email }: { email: string }) {
  const [step, setStep] = useState<Step>({})
  const navigate = useNavigate()

  function onOther(): void {
    session.forget()
    void navigate({ to: '/login', search: {}, replace: true })
  }

  return (
    <Dialog title={names.title} onClose={onOther} isFirm>
      <div className={form.form}>
        <p className={form.lead}>{names.lead}</p>
        <SignIn step={step} onStep={setStep} email={email} />
        <Button variant="ghost" onPress={onOther}>
          {names.other}
        </Button>
      </div>
    </Dialog>
  )
}
