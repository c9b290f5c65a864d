import { useState } from 'react'
import { session } from '../../api/client'
import { formError } from '../../api/problem'
import type { Challenge } from '../../api/session'
import { t } from '../../i18n'
import { linksText as names } from '../../i18n/links'
import { AttemptProblem } from '../../ui/attempt-problem'
import { Button } from '../../ui/button'
import { Field } from '../../ui/field'
import form from '../../ui/form.module.css'
import { useSubmit } from '../../ui/use-submit'

type Props = { token: string; onDone: () => void; onChallenge: (challenge: Challenge) => void }

/** A new account, or the one that there is. */
export function ClaimForm({ token, onDone, onChallenge }: Props) {
  const [hasAccount, setHasAccount] = useState(false)
  const submit = useSubmit(async (data) => {
    const text = (name: string) => String(data.get(name) ?? '')
    const own = { token, email: text('email').trim(), password: text('password') }
    if (hasAccount && own.password === '') throw formError({ '/password': t.session.passwordMissing })
    const body = hasAccount ? own : { ...own, name: text('name') }
    const challenge = await session.enter('/v1/claims/accept', body)
    if (challenge) onChallenge(challenge)
    else onDone()
  })
  const isWrong = submit.problem?.code === 'invalid_credentials'
  const wrong = hasAccount ? t.session.passwordWrong : names.claim.wrongNew
  // Without a name only the password of an account that there is can be meant.
  const isUnknown = hasAccount && submit.errorAt('/name') !== undefined
  return (
    <form className={form.form} onSubmit={submit.onSubmit} noValidate>
      {!hasAccount && (
        <Field
          name="name"
          label={names.name}
          error={submit.errorAt('/name')}
          autoComplete="name"
          maxLength={256}
          autoFocus
        />
      )}
      <Field
        name="email"
        type="email"
        label={names.email}
        error={isUnknown ? names.claim.noAccount : submit.errorAt('/email')}
        autoComplete="username"
      />
      <Field
        name="password"
        type="password"
        label={names.password}
        hint={hasAccount ? undefined : names.passwordHint}
        error={isWrong ? wrong : submit.errorAt('/password')}
        autoComplete={hasAccount ? 'current-password' : 'new-password'}
      />
      <AttemptProblem submit={submit} pointers={['/name', '/email', '/password']} isAtField={isWrong} />
      <Button type="submit" variant="primary" isWide isBusy={submit.isBusy}>
        {submit.isBusy ? names.working : hasAccount ? names.claim.withPassword : names.claim.submit}
      </Button>
      <div className={form.links}>
        <Button variant="ghost" onPress={() => setHasAccount(!hasAccount)}>
          {hasAccount ? names.claim.toNew : names.claim.toAccount}
        </Button>
      </div>
    </form>
  )
}
