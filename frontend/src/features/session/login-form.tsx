import { useEffect, useRef } from 'react'
import { session } from '../../api/client'
import { formError } from '../../api/problem'
import type { Challenge } from '../../api/session'
import { t } from '../../i18n'
import { Button } from '../../ui/button'
import { Field } from '../../ui/field'
import form from '../../ui/form.module.css'
import { FormProblem } from '../../ui/form-problem'
import { Notice } from '../../ui/notice'
import { useSubmit } from '../../ui/use-submit'
import { WaitNotice } from '../../ui/wait-notice'
import { loginMessage } from './login-message'

const names = t.login

type Props = {
  /** Whose sign-in it must be; anybody's where it is left out. */
  email?: string | undefined
  /** Why it is asked again. */
  note?: string | undefined
  onChallenge: (challenge: Challenge) => void
}

/** E-mail and password. What follows a sign-in happens by itself: everything listens to the session. */
export function LoginForm({ email, note, onChallenge }: Props) {
  const passwordField = useRef<HTMLInputElement>(null)
  const submit = useSubmit(async (data) => {
    const typed = email ?? String(data.get('email') ?? '').trim()
    const password = String(data.get('password') ?? '')
    if (typed === '' || password === '') throw formError({ '': names.missing })
    const challenge = await session.enter('/v1/auth/login', { email: typed, password })
    if (challenge) onChallenge(challenge)
  })
  const { problem } = submit
  const isWait = problem?.status === 429 || problem?.status === 503

  useEffect(() => {
    if (problem) passwordField.current?.focus()
  }, [problem])

  return (
    <form className={form.form} onSubmit={submit.onSubmit} noValidate>
      {note && !problem && (
        <Notice tone="warn" isBoxed>
          {note}
        </Notice>
      )}
      <Field
        name="email"
        type="email"
        label={names.email}
        autoComplete="username"
        autoFocus={email === undefined}
        {...(email !== undefined && { value: email, readOnly: true })}
      />
      <Field
        ref={passwordField}
        name="password"
        type="password"
        label={names.password}
        autoComplete="current-password"
        autoFocus={email !== undefined}
      />
      {problem && isWait && <WaitNotice key={problem.at} problem={problem} />}
      {problem && !isWait && (
        <FormProblem messages={problem.fields.has('') ? submit.rest([]) : [loginMessage(problem)]} />
      )}
      <Button type="submit" variant="primary" isWide isBusy={submit.isBusy}>
        {submit.isBusy ? names.submitting : names.submit}
      </Button>
    </form>
  )
}
