import { FormProblem } from './form-problem'
import type { Submit } from './use-submit'
import { WaitNotice } from './wait-notice'

type Props = {
  submit: Submit
  /** The fields that show what is wrong with them. */
  pointers: readonly string[]
  /** Whether a field shows the problem as a whole. */
  isAtField?: boolean
}

/** What is wrong with a form that proves who somebody is: too many failures make them wait. */
export function AttemptProblem({ submit, pointers, isAtField = false }: Props) {
  const { problem } = submit
  if (!problem || isAtField) return null
  if (problem.status === 429 || problem.status === 503)
    return <WaitNotice key={problem.at} problem={problem} />
  return <FormProblem messages={submit.rest(pointers)} />
}
