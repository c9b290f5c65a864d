import { session } from '../../api/client'
import { formError } from '../../api/problem'
import type { Challenge } from '../../api/session'
import { t } from '../../i18n'
import { linksText } from '../../i18n/links'
import { AttemptProblem } from '../../ui/attempt-problem'
import { Button } from '../../ui/button'
import { Field } from '../../ui/field'
import form from '../../ui/form.module.css'
import { useSubmit } from '../../ui/use-submit'
import type { Offer } from './link-queries'

const names = linksText

type Props = {
  token: string
  offer: Offer
  onJoined: () => void
  onChallenge: (challenge: Challenge) => void
}

/** The password of the account that there is, or a new account. */
export function JoinForm({ token, offer, onJoined, onChallenge }: Props) {
  const hasAccount = offer.has_account
  const submit = useSubmit(async (data) => {
    const [name, password] = [String(data.get('name') ?? ''), String(data.get('password') ?? '')]
    if (hasAccount && password === '') throw formError({ '/password': t.session.passwordMissing })
    const body = hasAccount ? { token, password } : { token, password, name }
    const challenge = await session.enter('/v1/invites/accept', body)
    if (challenge) onChallenge(challenge)
    else onJoined()
  })
  const isWrong = submit.problem?.code === 'invalid_credentials'
  return (
    <form className={form.form} onSubmit={submit.onSubmit} noValidate>
      {hasAccount && <p>{names.join.haveAccount}</p>}
      <Field
        name="email"
        type="email"
        label={names.email}
        value={offer.email}
        readOnly
        autoComplete="username"
      />
      {!hasAccount && (
        <Field
          name="name"
          label={names.name}
          defaultValue={offer.name ?? ''}
          error={submit.errorAt('/name')}
          autoComplete="name"
          maxLength={256}
        />
      )}
      <Field
        name="password"
        type="password"
        label={names.password}
        hint={hasAccount ? undefined : names.passwordHint}
        error={isWrong ? t.session.passwordWrong : submit.errorAt('/password')}
        autoComplete={hasAccount ? 'current-password' : 'new-password'}
        autoFocus
      />
      <AttemptProblem submit={submit} pointers={['/name', '/password']} isAtField={isWrong} />
      <Button type="submit" variant="primary" isWide isBusy={submit.isBusy}>
        {submit.isBusy ? names.working : hasAccount ? names.join.withPassword : names.join.create}
      </Button>
    </form>
  )
}
