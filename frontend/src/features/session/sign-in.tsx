import type { Challenge } from '../../api/session'
import { t } from '../../i18n'
import { LoginForm } from './login-form'
import { SecondStepForm } from './second-step-form'

/** How far a sign-in has come. */
export type Step = { challenge?: Challenge; isOver?: boolean }

type Props = { step: Step; onStep: (step: Step) => void; email?: string | undefined }

/** The password, and then the second factor of those who have one. */
export function SignIn({ step, onStep, email }: Props) {
  if (step.challenge)
    return <SecondStepForm challenge={step.challenge} onRestart={(isOver) => onStep({ isOver })} />
  return (
    <LoginForm
      email={email}
      note={step.isOver ? t.session.secondStep.over : undefined}
      onChallenge={(challenge) => onStep({ challenge })}
    />
  )
}
